using AotKv.Engine;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes the reply of mg straight from the record: line, and value when it was asked for. When it does not fit, nothing is written and
/// <see cref="Needed"/> says how much room would do; the item was then only looked at.
/// </summary>
internal ref struct MetaItemReader : IItemReader
{
    private readonly ref readonly MetaRequest _meta;
    private readonly ref readonly FetchMarks _marks;
    private readonly ReadOnlySpan<byte> _opaque;
    private readonly Span<byte> _destination;
    private readonly long _now;
    private readonly ulong _casMask;

    public MetaItemReader(
        ref readonly MetaRequest meta,
        ref readonly FetchMarks marks,
        ReadOnlySpan<byte> opaque,
        Span<byte> destination,
        long nowMilliseconds,
        ulong casMask)
    {
        _meta = ref meta;
        _marks = ref marks;
        _opaque = opaque;
        _destination = destination;
        _now = nowMilliseconds;
        _casMask = casMask;
    }

    /// <summary>Bytes written; 0 when there is no item or it does not fit.</summary>
    public int Written { readonly get; private set; }

    /// <summary>Bytes of room the item needs when it does not fit.</summary>
    public int Needed { readonly get; private set; }

    /// <summary>The longest value for which so much room is enough.</summary>
    public static int LongestValue(int room) => room - MetaComposer.MaxLineLength - TextReplies.LineEnd.Length;

    public void Read(in Item item)
    {
        ReadOnlySpan<byte> value = item.Value;
        bool hasValue = _meta.Has(MetaFlags.Value);

        // No line is so long that the line end behind an empty value would not fit, too.
        if (hasValue && !value.IsEmpty && value.Length > LongestValue(_destination.Length))
        {
            Needed = MetaComposer.MaxLineLength + value.Length + TextReplies.LineEnd.Length;
            return;
        }

        hasValue = hasValue && !(_meta.Has(MetaFlags.CompareCas) && (item.Revision & _casMask) == _meta.CompareCas);
        MetaItem told = new()
        {
            Key = item.Key,
            Cas = item.Revision & _casMask,
            TtlSeconds = Expiry.SecondsLeft(ExpiryToTell(), _now),
            LastAccessSeconds = (uint)(Math.Max(0, _now - _marks.WrittenMilliseconds) / 1000),
            ClientFlags = item.ClientFlags,
            Size = value.Length,
            IsBase64Key = item.HasBinaryKey,
            WasFetched = item.WasFetched,
            Marks = (_marks.WasTokenSent ? MetaMarks.AlreadyWon : 0) | (item.IsStale ? MetaMarks.Stale : 0) | (_marks.HasWon ? MetaMarks.Won : 0),
        };
        int length = MetaComposer.WithItem(_destination, _meta, hasValue ? MetaStatus.Value : MetaStatus.Done, told, _opaque);
        if (hasValue)
        {
            value.CopyTo(_destination.Slice(length));
            length += value.Length;
            TextReplies.LineEnd.CopyTo(_destination.Slice(length));
            length += TextReplies.LineEnd.Length;
        }

        Written = length;
    }

    /// <summary>The item's expiry where t stands among T and N.</summary>
    private readonly long ExpiryToTell() =>
        MetaCommands.ExpiryAtTtl(_meta, _marks.IsCreated, _marks.IsCreated ? 0 : _marks.OldExpiryMilliseconds, _now);
}

/// <summary>Writes the reply of me.</summary>
internal ref struct MetaDebugReader : IItemReader
{
    private readonly ref readonly FetchMarks _marks;
    private readonly Span<byte> _destination;
    private readonly long _now;
    private readonly ulong _casMask;

    public MetaDebugReader(ref readonly FetchMarks marks, Span<byte> destination, long nowMilliseconds, ulong casMask)
    {
        _marks = ref marks;
        _destination = destination;
        _now = nowMilliseconds;
        _casMask = casMask;
    }

    /// <summary>Bytes written.</summary>
    public int Written { readonly get; private set; }

    public void Read(in Item item)
    {
        int idBytes = _casMask == 0 ? sizeof(ulong) : 0;
        int size = ServerLimits.ItemOverheadBytes - idBytes + (item.ClientFlags != 0 ? ServerLimits.ItemFlagsBytes : 0) + item.Key.Length + item.Value.Length;
        MetaItem told = new()
        {
            Key = item.Key,
            Cas = item.Revision & _casMask,
            TtlSeconds = Expiry.SecondsLeft(item.ExpiryMilliseconds, _now),
            LastAccessSeconds = (uint)(Math.Max(0, _now - _marks.WrittenMilliseconds) / 1000),
            Size = size,
            IsBase64Key = item.HasBinaryKey,
            WasFetched = item.WasFetched,
        };
        Written = MetaComposer.DebugLine(_destination, told, SizeClass.Of(size));
    }
}
