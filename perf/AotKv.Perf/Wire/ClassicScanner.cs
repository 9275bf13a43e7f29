using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>Replies of memcached's classic text protocol.</summary>
public struct ClassicScanner : IReplyScanner
{
    private const int ValueWord = 6; // "VALUE "

    private const int TerminatorLength = 2;

    private ValueCheck _values;

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

        _values.End(request, ref expected, tally);
    }

    private void BeginValue(ReadOnlySpan<byte> line, in TapeEntry request, in Expected expected, Tally tally)
    {
        int keyBytes = expected.Tape.Scenario.Keys.SizeBytes;
        int at = ValueWord + keyBytes;
        if (line.Length <= at || line[at] != ' ')
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

        _values.Begin(line, line.Slice(ValueWord, keyBytes), request, expected, clientFlags, length, TerminatorLength, tally);
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

    internal static bool IsError(ReadOnlySpan<byte> line, Tally tally)
    {
        bool error = line.SequenceEqual("ERROR"u8) || line.StartsWith("CLIENT_ERROR"u8) || line.StartsWith("SERVER_ERROR"u8);
        if (error)
        {
            tally.AddError(line);
        }

        return error;
    }

    /// <summary>Digits, and spaces behind them: what an arithmetic reply looks like when the number has become shorter.</summary>
    internal static bool IsNumber(ReadOnlySpan<byte> line) =>
        line.Length > 0 && line.TrimEnd((byte)' ').IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Reads digits; -1 when there are none or too many.</summary>
    internal static long Number(ReadOnlySpan<byte> line, ref int at)
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
