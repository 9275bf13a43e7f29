using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>
/// The values in the reply to one request: takes their bytes in whatever pieces they come, and, when verifying, holds them against
/// what a key's value must be. The same for every protocol; only the terminator behind a value differs.
/// </summary>
internal struct ValueCheck
{
    private long _left;        // bytes of the present value and its terminator that have not come yet
    private int _taken;        // bytes of it that have
    private int _found;        // values seen in the reply to the present request
    private int _nextKey;      // verifying: the first key of the present request that no value can have passed yet
    private uint _key;         // verifying: whose value it is

    /// <summary>A value is not complete.</summary>
    public readonly bool IsInside => _left > 0;

    /// <summary>A value begins.</summary>
    /// <param name="line">What announced it, for messages.</param>
    /// <param name="key">Its key.</param>
    /// <param name="request">The request.</param>
    /// <param name="expected">The requests that wait.</param>
    /// <param name="clientFlags">Its client flags.</param>
    /// <param name="length">Its length.</param>
    /// <param name="terminatorLength">Bytes behind it: 2 where CR LF follows, or 0.</param>
    /// <param name="tally">Counts it.</param>
    /// <exception cref="ReplyException">It is not what was asked for.</exception>
    public void Begin(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, in TapeEntry request, in Expected expected,
        long clientFlags, long length, int terminatorLength, Tally tally)
    {
        if (++_found > request.KeyCount)
        {
            throw new ReplyException("a value of a key that was not asked for", line);
        }

        _left = length + terminatorLength;
        _taken = 0;
        tally.ValueBytes += length;
        if (expected.Verify)
        {
            Verify(line, key, request, expected.Tape, clientFlags, length);
            tally.VerifiedValues += _left == 0 ? 1 : 0;
        }
    }

    /// <summary>Takes bytes of the value; returns how many.</summary>
    /// <exception cref="ReplyException">They are not the value's.</exception>
    public int Take(ReadOnlySpan<byte> input, in Expected expected, int terminatorLength, Tally tally)
    {
        int take = (int)Math.Min(_left, input.Length);
        int value = (int)Math.Clamp(_left - terminatorLength, 0, take);
        ReadOnlySpan<byte> end = input[value..take];
        if (!end.IsEmpty && !"\r\n"u8[(int)(2 - Math.Min(_left, 2))..].StartsWith(end))
        {
            throw new ReplyException("a value that does not end in CR LF", end);
        }

        if (expected.Verify)
        {
            Tape tape = expected.Tape;
            if (!tape.Scenario.NumericValues && !input[..value].SequenceEqual(tape.Values.Slice(_key, _taken, value)))
            {
                throw new ReplyException($"bytes that are not those of key {_key:x} at {_taken}", input);
            }

            tally.VerifiedValues += take == _left ? 1 : 0;
        }

        _taken += value;
        _left -= take;
        return take;
    }

    /// <summary>The reply to the request is complete: counts hits and misses.</summary>
    public void End(in TapeEntry request, ref Expected expected, Tally tally)
    {
        tally.Hits += _found;
        tally.Misses += request.KeyCount - _found;
        tally.Requests++;
        _found = 0;
        _nextKey = 0;
        expected.Answered();
    }

    private void Verify(
        ReadOnlySpan<byte> line, ReadOnlySpan<byte> key, in TapeEntry request, Tape tape, long clientFlags, long length)
    {
        Span<byte> wanted = stackalloc byte[KeySpace.MaxSizeBytes];
        wanted = wanted[..key.Length];
        while (true)
        {
            if (_nextKey == request.KeyCount)
            {
                throw new ReplyException("a value of a key that was not asked for", line);
            }

            _key = tape.Key(request, _nextKey++);
            KeySpace.Write(_key, wanted);
            if (key.SequenceEqual(wanted))
            {
                break;
            }
        }

        if (clientFlags != tape.Scenario.ClientFlags)
        {
            throw new ReplyException("client flags that were not stored", line);
        }

        if (!tape.Scenario.NumericValues && !tape.Scenario.Values.Allows((int)length))
        {
            throw new ReplyException("a value of a length that was not stored", line);
        }
    }
}
