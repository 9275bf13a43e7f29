using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>Replies of memcached's meta protocol to the requests of <see cref="MetaEncoder"/>.</summary>
public struct MetaScanner : IReplyScanner
{
    private const int TerminatorLength = 2;

    private ValueCheck _values;
    private bool _endsWithValue; // the value that is being taken is all of the reply
    private int _skip;           // bytes of a number and its CR LF to pass over

    /// <inheritdoc/>
    public static int MaxLeftover => 2048;

    /// <inheritdoc/>
    public int Scan(ReadOnlySpan<byte> input, ref Expected expected, Tally tally)
    {
        int at = 0;
        while (at < input.Length)
        {
            if (_values.IsInside)
            {
                at += _values.Take(input[at..], expected, TerminatorLength, tally);
                if (!_values.IsInside && _endsWithValue)
                {
                    _values.End(expected.Tape[expected.Next], ref expected, tally);
                }

                continue;
            }

            if (_skip > 0)
            {
                int part = Math.Min(_skip, input.Length - at);
                _skip -= part;
                at += part;
                continue;
            }

            ReadOnlySpan<byte> rest = input[at..];
            int length = rest.IndexOf((byte)'\n');
            if (length < 0)
            {
                return rest.Length > MaxLeftover ? throw new ReplyException("a line without an end", rest) : at;
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
            TakeLine(rest[..(length - 1)], ref expected, tally);
        }

        return at;
    }

    private void TakeLine(ReadOnlySpan<byte> line, ref Expected expected, Tally tally)
    {
        ref readonly TapeEntry request = ref expected.Tape[expected.Next];
        if (request.Kind is not (StepKind.Get or StepKind.GetAndTouch))
        {
            TakeStatus(line, request.Kind, tally);
            tally.Requests++;
            expected.Answered();
        }
        else if (line.StartsWith("VA "u8))
        {
            BeginValue(line, request, expected, tally);
        }
        else if ((request.KeyCount > 1 ? line.SequenceEqual("MN"u8) : IsMiss(line, "EN"u8)) || ClassicScanner.IsError(line, tally))
        {
            _values.End(request, ref expected, tally);
        }
        else
        {
            throw new ReplyException("no reply to a read", line);
        }
    }

    /// <summary>VA, the length, k and the key, f and the client flags.</summary>
    private void BeginValue(ReadOnlySpan<byte> line, in TapeEntry request, in Expected expected, Tally tally)
    {
        int keyBytes = expected.Tape.Scenario.Keys.SizeBytes;
        int at = 3;
        long length = ClassicScanner.Number(line, ref at);
        int keyAt = at + 2;
        int flagsAt = keyAt + keyBytes + 2;
        if (length < 0 || line.Length <= flagsAt || !line[at..].StartsWith(" k"u8) || !line[(keyAt + keyBytes)..].StartsWith(" f"u8))
        {
            throw new ReplyException("a bad VA line", line);
        }

        at = flagsAt;
        long clientFlags = ClassicScanner.Number(line, ref at);
        if (clientFlags < 0 || at != line.Length)
        {
            throw new ReplyException("a bad VA line", line);
        }

        _endsWithValue = request.KeyCount == 1;
        _values.Begin(line, line.Slice(keyAt, keyBytes), request, expected, clientFlags, length, TerminatorLength, tally);
    }

    /// <summary>The word alone, or with the flags that are sent back with a miss too.</summary>
    private static bool IsMiss(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) =>
        line.StartsWith(word) && (line.Length == word.Length || line[word.Length] == ' ');

    private void TakeStatus(ReadOnlySpan<byte> line, StepKind kind, Tally tally)
    {
        bool done = line.SequenceEqual("HD"u8);
        if (kind == StepKind.Set && line.SequenceEqual("NS"u8))
        {
            tally.NotStored++;
        }
        else if (kind != StepKind.Set && (IsMiss(line, "NF"u8) || IsMiss(line, "EN"u8)))
        {
            tally.NotFound++;
        }
        else if (kind == StepKind.Increment && line.StartsWith("VA "u8))
        {
            int at = 3;
            _skip = (int)ClassicScanner.Number(line, ref at) + TerminatorLength;
            tally.Counted++;
        }
        else if (done && kind == StepKind.Set)
        {
            tally.Stored++;
        }
        else if (done && kind == StepKind.Delete)
        {
            tally.Deleted++;
        }
        else if (done && kind == StepKind.Touch)
        {
            tally.Touched++;
        }
        else if (!ClassicScanner.IsError(line, tally))
        {
            throw new ReplyException($"no reply to a {kind}", line);
        }
    }
}
