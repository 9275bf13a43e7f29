using System.Runtime.CompilerServices;
using AotKv.Engine;
using AotKv.Protocol.Text;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes an item's VALUE line and data straight from the record into the reply: the only copy a value takes on its way out.
/// A value that does not fit is lent, and takes none. Where it cannot be, nothing is written and <see cref="Needed"/> says how much room would do.
/// </summary>
internal ref struct ValueReader : IItemReader
{
    private readonly Span<byte> _destination;
    private readonly LentValue? _lent;
    private readonly int _position;
    private readonly bool _withCas;
    private readonly ulong _casMask;

    /// <param name="destination">Room for the line and the data.</param>
    /// <param name="withCas">Whether the line says the CAS id.</param>
    /// <param name="casMask">Which bits of it; 0 where clients get no id.</param>
    /// <param name="lent">Where a value that does not fit is lent; null copies it.</param>
    /// <param name="position">Bytes of replies before the destination.</param>
    public ValueReader(Span<byte> destination, bool withCas, ulong casMask, LentValue? lent, int position)
    {
        _lent = lent;
        _position = position;
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
            TooLong(item, needed);
            return;
        }

        int length = Header(item);
        value.CopyTo(_destination.Slice(length));
        length += value.Length;
        TextReplies.LineEnd.CopyTo(_destination.Slice(length));
        Written = length + TextReplies.LineEnd.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Header(in Item item) => _withCas
        ? TextComposer.ValueHeader(_destination, item.Key, item.ClientFlags, item.Value.Length, item.Revision & _casMask)
        : TextComposer.ValueHeader(_destination, item.Key, item.ClientFlags, item.Value.Length);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TooLong(in Item item, int needed)
    {
        if (_lent is not { IsUsed: true } || item.Value.Length < ServerLimits.LentValueBytes)
        {
            Needed = needed;
            return;
        }

        int length = Header(item);
        if (!_lent.TryTake(item, _position + length))
        {
            // When the replies so far are sent, this one is lent.
            Needed = ServerLimits.MinReplyRoomBytes;
            return;
        }

        TextReplies.LineEnd.CopyTo(_destination.Slice(length));
        Written = length + TextReplies.LineEnd.Length;
    }
}
