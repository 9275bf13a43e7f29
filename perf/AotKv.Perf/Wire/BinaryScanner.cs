using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Wire;

/// <summary>Replies of memcached's binary protocol to the requests of <see cref="BinaryEncoder"/>.</summary>
public struct BinaryScanner : IReplyScanner
{
    private const byte ResponseMagic = 0x81;
    private const int FlagsBytes = 4;
    private const ushort NotFound = 1;
    private const ushort Exists = 2;
    private const ushort NotStored = 5;

    private ValueCheck _values;
    private bool _endsWithValue; // the value that is being taken is all of the reply

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
                at += _values.Take(input[at..], expected, 0, tally);
                EndWithValue(ref expected, tally);
                continue;
            }

            ReadOnlySpan<byte> rest = input[at..];
            if (rest.Length < BinaryEncoder.HeaderBytes)
            {
                return at;
            }

            if (rest[0] != ResponseMagic)
            {
                throw new ReplyException("no response packet", rest);
            }

            if (expected.Waiting == 0)
            {
                throw new ReplyException("a reply to nothing", rest);
            }

            int used = TakePacket(rest, ref expected, tally);
            if (used == 0)
            {
                return at;
            }

            at += used;
        }

        return at;
    }

    /// <summary>Takes a packet, as far as its value; 0 when more of it must come first.</summary>
    private int TakePacket(ReadOnlySpan<byte> packet, ref Expected expected, Tally tally)
    {
        ref readonly TapeEntry request = ref expected.Tape[expected.Next];
        int keyLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        ushort status = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        int extras = packet[4];
        long body = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        bool isRead = request.Kind is StepKind.Get or StepKind.GetAndTouch;
        bool isValue = isRead && status == 0 && packet[1] != BinaryEncoder.NoopOpcode;
        long wanted = BinaryEncoder.HeaderBytes + (isValue ? extras + keyLength : body);
        if (wanted > MaxLeftover || extras + keyLength > body)
        {
            throw new ReplyException("a packet of impossible lengths", packet);
        }

        if (packet.Length < wanted)
        {
            return 0;
        }

        packet = packet[..(int)wanted];
        if (isValue)
        {
            if (extras != FlagsBytes || keyLength != expected.Tape.Scenario.Keys.SizeBytes)
            {
                throw new ReplyException("a value of a key that was not asked for", packet);
            }

            uint clientFlags = BinaryPrimitives.ReadUInt32BigEndian(packet[BinaryEncoder.HeaderBytes..]);
            _endsWithValue = request.KeyCount == 1;
            _values.Begin(packet, packet[^keyLength..], request, expected, clientFlags, body - extras - keyLength, 0, tally);
            EndWithValue(ref expected, tally);
        }
        else if (isRead)
        {
            // The only miss there is an answer to is that of a single get; of several the no-op is the end.
            if (status != 0 && (status != NotFound || request.KeyCount > 1))
            {
                AddError(status, packet, tally);
            }

            _values.End(request, ref expected, tally);
        }
        else
        {
            TakeStatus(status, request.Kind, packet, tally);
            tally.Requests++;
            expected.Answered();
        }

        return (int)wanted;
    }

    private void EndWithValue(ref Expected expected, Tally tally)
    {
        if (!_values.IsInside && _endsWithValue)
        {
            _values.End(expected.Tape[expected.Next], ref expected, tally);
            _endsWithValue = false;
        }
    }

    private static void TakeStatus(ushort status, StepKind kind, ReadOnlySpan<byte> packet, Tally tally)
    {
        switch (status)
        {
            case NotFound when kind != StepKind.Set:
                tally.NotFound++;
                break;
            case NotStored or Exists when kind == StepKind.Set:
                tally.NotStored++;
                break;
            case not 0:
                AddError(status, packet, tally);
                break;
            default:
                tally.Stored += kind == StepKind.Set ? 1 : 0;
                tally.Deleted += kind == StepKind.Delete ? 1 : 0;
                tally.Counted += kind == StepKind.Increment ? 1 : 0;
                tally.Touched += kind == StepKind.Touch ? 1 : 0;
                break;
        }
    }

    private static void AddError(ushort status, ReadOnlySpan<byte> packet, Tally tally)
    {
        string text = Encoding.Latin1.GetString(packet[BinaryEncoder.HeaderBytes..]);
        tally.AddError(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"status {status}: {text}")));
    }
}
