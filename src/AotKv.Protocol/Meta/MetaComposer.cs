using AotKv.Protocol.Text;

namespace AotKv.Protocol.Meta;

/// <summary>
/// Writes the reply lines of meta commands. Every method writes at the start of a span with room for <see cref="MaxLineLength"/> bytes and
/// returns the bytes written; the room behind them may be overwritten. A span that is too small is a mistake of the caller and throws.
/// </summary>
public static partial class MetaComposer
{
    /// <summary>Room that any line needs, whatever it tells.</summary>
    public const int MaxLineLength = 512;

    /// <summary>Writes the reply to me: what is known of an item.</summary>
    /// <param name="destination">At least <see cref="MaxLineLength"/> bytes.</param>
    /// <param name="item">The item; its size is what it takes in memory, not that of its value.</param>
    /// <param name="sizeClass">The class of items of its size.</param>
    public static int DebugLine(Span<byte> destination, in MetaItem item, uint sizeClass)
    {
        var line = new Line(destination);
        line.Add("ME "u8);
        if (item.IsBase64Key)
            line.Length += Base64Key.Encode(line.Rest, item.Key);
        else
            line.Add(item.Key);
        line.Add(" exp="u8);
        if (item.TtlSeconds < 0)
            line.Add("-1"u8);
        else
            line.Add((ulong)item.TtlSeconds);
        line.Add(" la="u8);
        line.Add(item.LastAccessSeconds);
        line.Add(" cas="u8);
        line.Add(item.Cas);
        line.Add(item.WasFetched ? " fetch=yes cls="u8 : " fetch=no cls="u8);
        line.Add(sizeClass);
        line.Add(" size="u8);
        line.Add((uint)item.Size);
        line.Add("\r\n"u8);
        return line.Length;
    }

    private ref struct Line(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length;

        public readonly Span<byte> Rest => _destination[Length..];

        public void Add(ReadOnlySpan<byte> text)
        {
            text.CopyTo(Rest);
            Length += text.Length;
        }

        public void Add(ulong number) => Length += TextComposer.Digits(Rest, number);
    }
}
