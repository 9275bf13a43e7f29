using System.Runtime.CompilerServices;
using AotKv.Engine;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes the reply of an mg that changes nothing and asks only for what every read knows: what nearly all of them do, and half the work of
/// <see cref="MetaItemReader"/>. An item that somebody has to fetch anew needs that one: then nothing is written, and
/// <see cref="IsMarked"/> says so.
/// </summary>
internal ref struct MetaPlainReader : IItemReader
{
    /// <summary>The flags an mg may have to be read this way.</summary>
    public const MetaFlags Flags = MetaFlags.Value | MetaFlags.ClientFlags | MetaFlags.Key | MetaFlags.Size | MetaFlags.Opaque | MetaFlags.Quiet
        | MetaFlags.Cas | MetaFlags.Ttl | MetaFlags.ProxyHint | MetaFlags.ProxyPath;

    private readonly ref readonly MetaRequest _meta;
    private readonly ReadOnlySpan<byte> _opaque;
    private readonly Span<byte> _destination;
    private readonly long _now;
    private readonly ulong _casMask;
    private readonly LentValue _lent;
    private readonly int _position;

    /// <param name="meta">The request.</param>
    /// <param name="opaque">Its opaque.</param>
    /// <param name="destination">Room for the line and the value.</param>
    /// <param name="nowMilliseconds">The time.</param>
    /// <param name="casMask">Which bits of a CAS id clients see.</param>
    /// <param name="lent">Where a value that does not fit is lent.</param>
    /// <param name="position">Bytes of replies before the destination.</param>
    public MetaPlainReader(
        ref readonly MetaRequest meta,
        ReadOnlySpan<byte> opaque,
        Span<byte> destination,
        long nowMilliseconds,
        ulong casMask,
        LentValue lent,
        int position)
    {
        _lent = lent;
        _position = position;
        _meta = ref meta;
        _opaque = opaque;
        _destination = destination;
        _now = nowMilliseconds;
        _casMask = casMask;
    }

    /// <summary>Bytes written; 0 when there is no item, it does not fit, or it is marked.</summary>
    public int Written { readonly get; private set; }

    /// <summary>Bytes of room the item needs when it does not fit.</summary>
    public int Needed { readonly get; private set; }

    /// <summary>The item is stale, or somebody was told to fetch it anew.</summary>
    public bool IsMarked { readonly get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read(in Item item)
    {
        ReadOnlySpan<byte> value = item.Value;
        bool hasValue = _meta.Has(MetaFlags.Value);
        int room = MetaComposer.MaxLineLength + (hasValue && !value.IsEmpty ? value.Length + TextReplies.LineEnd.Length : 0);
        if (item.IsStale || item.IsTokenSent || room > _destination.Length)
        {
            IsMarked = item.IsStale || item.IsTokenSent;
            Needed = room;
            if (!IsMarked && _lent.IsUsed && value.Length >= ServerLimits.LentValueBytes)
            {
                Lend(item);
            }

            return;
        }

        int length = Line(item, hasValue);
        if (hasValue)
        {
            value.CopyTo(_destination.Slice(length));
            length += value.Length;
            TextReplies.LineEnd.CopyTo(_destination.Slice(length));
            length += TextReplies.LineEnd.Length;
        }

        Written = length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Lend(in Item item)
    {
        // When the replies so far are sent, there is room for the line, and this value is lent.
        Needed = MetaComposer.MaxLineLength + TextReplies.LineEnd.Length;
        if (_destination.Length < Needed)
        {
            return;
        }

        int length = Line(item, hasValue: true);
        if (_lent.TryTake(item, _position + length))
        {
            TextReplies.LineEnd.CopyTo(_destination.Slice(length));
            Written = length + TextReplies.LineEnd.Length;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int Line(in Item item, bool hasValue)
    {
        MetaItem told = new()
        {
            Key = item.Key,
            Cas = item.Revision & _casMask,
            TtlSeconds = _meta.Has(MetaFlags.Ttl) ? Expiry.SecondsLeft(item.ExpiryMilliseconds, _now) : 0,
            ClientFlags = item.ClientFlags,
            Size = item.Value.Length,
            IsBase64Key = item.HasBinaryKey,
        };
        return MetaComposer.WithItem(_destination, _meta, hasValue ? MetaStatus.Value : MetaStatus.Done, told, _opaque);
    }
}
