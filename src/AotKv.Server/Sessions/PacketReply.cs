using AotKv.Protocol.Binary;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Server.Sessions;

/// <summary>
/// Statistics in the binary protocol: lines of the text protocol, each as a packet, and an empty packet behind them. What is no line of
/// name and value (<c>stats detail dump</c>) is the value of one packet, as in memcached.
/// </summary>
internal sealed class PacketReply : LongReply
{
    private const int StepBytes = 16 * 1024;

    private readonly LongReply? _lines;
    private readonly BinaryRequest _request;
    private readonly ArrayPoolBufferWriter<byte> _text = new();
    private readonly ArrayPoolBufferWriter<byte> _other = new();

    /// <param name="lines">Taken over; null for none.</param>
    /// <param name="request">What is answered.</param>
    public PacketReply(LongReply? lines, in BinaryRequest request)
    {
        _lines = lines;
        _request = request;
    }

    public override void Dispose()
    {
        _lines?.Dispose();
        _text.Dispose();
        _other.Dispose();
        base.Dispose();
    }

    protected override bool Work()
    {
        LongReplyState state = LongReplyState.Done;
        if (_lines != null)
        {
            ReplyWriter step = new(_text.GetSpan(StepBytes));
            state = _lines.Step(ref step);
            _text.Advance(step.Length);
            WritePackets();
        }

        if (state != LongReplyState.Done)
        {
            return true;
        }

        if (_other.WrittenCount > 0)
        {
            Write("detailed"u8, _other.WrittenSpan);
        }

        Write(default, default);
        return false;
    }

    private void WritePackets()
    {
        ReadOnlySpan<byte> text = _text.WrittenSpan;
        for (int end = text.IndexOf("\r\n"u8); end >= 0; end = text.IndexOf("\r\n"u8))
        {
            ReadOnlySpan<byte> line = text[..end];
            text = text[(end + 2)..];
            if (line.StartsWith("STAT "u8))
            {
                line = line["STAT "u8.Length..];
                int space = line.IndexOf((byte)' ');
                Write(space < 0 ? line : line[..space], space < 0 ? default : line[(space + 1)..]);
            }
            else if (!line.SequenceEqual("END"u8))
            {
                line.CopyTo(_other.GetSpan(line.Length));
                _other.Advance(line.Length);
                "\r\n"u8.CopyTo(_other.GetSpan(2));
                _other.Advance(2);
            }
        }

        byte[] rest = text.ToArray();
        _text.Clear();
        rest.CopyTo(_text.GetSpan(rest.Length));
        _text.Advance(rest.Length);
    }

    private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Text.Advance(BinaryComposer.Statistic(Text.GetSpan(BinaryParser.HeaderLength + name.Length + value.Length), _request, name, value));
}
