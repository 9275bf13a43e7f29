using System.Runtime.CompilerServices;
using AotKv.Engine;
using AotKv.Protocol.Text;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes an item's VALUE line and data straight from the record into the reply: the only copy a value takes on its way out.
/// When it does not fit, nothing is written and <see cref="Needed"/> says how much room would do.
/// </summary>
internal ref struct ValueReader : IItemReader
{
    private readonly Span<byte> _destination;
    private readonly bool _withCas;
    private readonly ulong _casMask;

    /// <param name="destination">Room for the line and the data.</param>
    /// <param name="withCas">Whether the line says the CAS id.</param>
    /// <param name="casMask">Which bits of it; 0 where clients get no id.</param>
    public ValueReader(Span<byte> destination, bool withCas, ulong casMask)
    {
        _destination = destination;
        _withCas = withCas;
        _casMask = casMask;
    }

    /// <summary>Bytes written; 0 when there is no item or it does not fit.</summary>
    public int Written { readonly get; private set; }

    /// <summary>Bytes of room the item needs, with the reserve for the line behind it, when it does not fit.</summary>
    public int Needed { readonly get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(in Item item)
    {
        ReadOnlySpan<byte> key = item.Key;
        ReadOnlySpan<byte> value = item.Value;
        int needed = key.Length + value.Length + TextComposer.MaxValueHeaderExtra + ServerLimits.MinReplyRoomBytes;
        if (needed > _destination.Length)
        {
            Needed = needed;
            return;
        }

        int length = _withCas
            ? TextComposer.ValueHeader(_destination, key, item.ClientFlags, value.Length, item.Revision & _casMask)
            : TextComposer.ValueHeader(_destination, key, item.ClientFlags, value.Length);
        value.CopyTo(_destination.Slice(length));
        length += value.Length;
        TextReplies.LineEnd.CopyTo(_destination.Slice(length));
        Written = length + TextReplies.LineEnd.Length;
    }
}
