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
    private readonly bool _isDump;

    /// <param name="lines">Taken over; null for none.</param>
    /// <param name="isDump">The lines are no names and values, but the text of <c>stats detail dump</c>.</param>
    /// <param name="request">What is answered.</param>
    public PacketReply(LongReply? lines, bool isDump, in BinaryRequest request)
    {
        _isDump = isDump;
        _lines = lines;
        _request = request;
    }

    public override void Dispose()
    {
        _lines?.Dispose();
        _text.Dispose();
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
            if (!_isDump)
            {
                WritePackets();
            }
        }

        if (state != LongReplyState.Done)
        {
            return true;
        }

        if (_isDump)
        {
            Write("detailed"u8, _text.WrittenSpan);
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
        }

        byte[] rest = text.ToArray();
        _text.Clear();
        rest.CopyTo(_text.GetSpan(rest.Length));
        _text.Advance(rest.Length);
    }

    private void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Text.Advance(BinaryComposer.Statistic(Text.GetSpan(BinaryParser.HeaderLength + name.Length + value.Length), _request, name, value));
}
