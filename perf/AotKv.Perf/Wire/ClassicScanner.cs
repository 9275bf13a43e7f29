using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>Replies of memcached's classic text protocol.</summary>
public struct ClassicScanner : IReplyScanner
{
    private const int ValueWord = 6; // "VALUE "

    private long _dataLeft;    // bytes of the present data block and its CR LF that have not come yet
    private int _dataTaken;    // bytes of it that have
    private int _found;        // values seen in the reply to the present request
    private int _nextKey;      // verifying: the first key of the present request that no value can have passed yet
    private uint _dataKey;     // verifying: whose value it is

    /// <inheritdoc/>
    public static int MaxLeftover => 2048;

    /// <inheritdoc/>
    public int Scan(ReadOnlySpan<byte> input, ref Expected expected, Tally tally)
    {
        int at = 0;
        while (at < input.Length)
        {
            if (_dataLeft > 0)
            {
                at += TakeData(input[at..], expected, tally);
                continue;
            }

            ReadOnlySpan<byte> rest = input[at..];
            int length = rest.IndexOf((byte)'\n');
            if (length < 0)
            {
                if (rest.Length > MaxLeftover)
                {
                    throw new ReplyException("a line without an end", rest);
                }

                return at;
            }

            if (expected.Waiting == 0)
            {
                throw new ReplyException("a reply to nothing", rest);
            }

            if (length == 0 || rest[length - 1] != '\r')
            {
                throw new ReplyException("a line that does not end in CR LF", rest);
            }

            at += length + 1;
            ReadOnlySpan<byte> line = rest[..(length - 1)];
            ref readonly TapeEntry request = ref expected.Tape[expected.Next];
            if (request.Kind is StepKind.Get or StepKind.GetAndTouch)
            {
                TakeReadLine(line, request, ref expected, tally);
            }
            else
            {
                TakeStatus(line, request.Kind, tally);
                tally.Requests++;
                expected.Answered();
            }
        }

        return at;
    }

    private void TakeReadLine(ReadOnlySpan<byte> line, in TapeEntry request, ref Expected expected, Tally tally)
    {
        if (line.StartsWith("VALUE "u8))
        {
            BeginValue(line, request, expected, tally);
            return;
        }

        if (!line.SequenceEqual("END"u8) && !IsError(line, tally))
        {
            throw new ReplyException("no reply to a read", line);
        }

        tally.Hits += _found;
        tally.Misses += request.KeyCount - _found;
        tally.Requests++;
        _found = 0;
        _nextKey = 0;
        expected.Answered();
    }

    private void BeginValue(ReadOnlySpan<byte> line, in TapeEntry request, in Expected expected, Tally tally)
    {
        int keyBytes = expected.Tape.Scenario.Keys.SizeBytes;
        int at = ValueWord + keyBytes;
        if (line.Length <= at || line[at] != ' ' || ++_found > request.KeyCount)
        {
            throw new ReplyException("a value of a key that was not asked for", line);
        }

        at++;
        long clientFlags = Number(line, ref at);
        if (at >= line.Length || line[at++] != ' ')
        {
            throw new ReplyException("a bad VALUE line", line);
        }

        long length = Number(line, ref at);
        if (at != line.Length || clientFlags < 0 || length < 0)
        {
            throw new ReplyException("a bad VALUE line", line);
        }

        _dataLeft = length + 2;
        _dataTaken = 0;
        tally.ValueBytes += length;
        if (expected.Verify)
        {
            VerifyValueLine(line, line.Slice(ValueWord, keyBytes), request, expected.Tape, clientFlags, length);
        }
    }

    private void VerifyValueLine(
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

            _dataKey = tape.Key(request, _nextKey++);
            KeySpace.Write(_dataKey, wanted);
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

    private int TakeData(ReadOnlySpan<byte> input, in Expected expected, Tally tally)
    {
        int take = (int)Math.Min(_dataLeft, input.Length);
        int value = (int)Math.Clamp(_dataLeft - 2, 0, take);
        ReadOnlySpan<byte> end = input[value..take];
        ReadOnlySpan<byte> wantedEnd = "\r\n"u8[(int)Math.Max(0, 2 - _dataLeft)..];
        if (!wantedEnd.StartsWith(end))
        {
            throw new ReplyException("a value that does not end in CR LF", end);
        }

        if (expected.Verify)
        {
            Tape tape = expected.Tape;
            if (!tape.Scenario.NumericValues && !input[..value].SequenceEqual(tape.Values.Slice(_dataKey, _dataTaken, value)))
            {
                throw new ReplyException($"bytes that are not those of key {_dataKey:x} at {_dataTaken}", input);
            }

            tally.VerifiedValues += take == _dataLeft ? 1 : 0;
        }

        _dataTaken += value;
        _dataLeft -= take;
        return take;
    }

    private static void TakeStatus(ReadOnlySpan<byte> line, StepKind kind, Tally tally)
    {
        if (kind == StepKind.Set && line.SequenceEqual("STORED"u8))
        {
            tally.Stored++;
        }
        else if (kind == StepKind.Set && line.SequenceEqual("NOT_STORED"u8))
        {
            tally.NotStored++;
        }
        else if (kind != StepKind.Set && line.SequenceEqual("NOT_FOUND"u8))
        {
            tally.NotFound++;
        }
        else if (kind == StepKind.Delete && line.SequenceEqual("DELETED"u8))
        {
            tally.Deleted++;
        }
        else if (kind == StepKind.Touch && line.SequenceEqual("TOUCHED"u8))
        {
            tally.Touched++;
        }
        else if (kind == StepKind.Increment && IsNumber(line))
        {
            tally.Counted++;
        }
        else if (!IsError(line, tally))
        {
            throw new ReplyException($"no reply to a {kind}", line);
        }
    }

    private static bool IsError(ReadOnlySpan<byte> line, Tally tally)
    {
        bool error = line.SequenceEqual("ERROR"u8) || line.StartsWith("CLIENT_ERROR"u8) || line.StartsWith("SERVER_ERROR"u8);
        if (error)
        {
            tally.AddError(line);
        }

        return error;
    }

    /// <summary>Digits, and spaces behind them: what an arithmetic reply looks like when the number has become shorter.</summary>
    private static bool IsNumber(ReadOnlySpan<byte> line) =>
        line.Length > 0 && line.TrimEnd((byte)' ').IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Reads digits; -1 when there are none or too many.</summary>
    private static long Number(ReadOnlySpan<byte> line, ref int at)
    {
        long number = 0;
        int start = at;
        while ((uint)at < (uint)line.Length && (uint)(line[at] - '0') <= 9)
        {
            number = (number * 10) + (line[at++] - '0');
        }

        return at == start || at - start > 12 ? -1 : number;
    }
}
