using AotKv.Engine;
using AotKv.Protocol.Binary;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes the response of Get and Gat straight from the record. A value that does not fit is lent. Where it cannot be, nothing is written and
/// <see cref="Needed"/> says how much room would do.
/// </summary>
internal ref struct BinaryItemReader : IItemReader
{
    private readonly ref readonly BinaryRequest _request;
    private readonly Span<byte> _destination;
    private readonly ulong _casMask;
    private readonly LentValue? _lent;
    private readonly int _position;

    /// <param name="request">The request.</param>
    /// <param name="destination">Room for the response.</param>
    /// <param name="casMask">Which bits of a CAS id clients see.</param>
    /// <param name="lent">Where a value that does not fit is lent; null copies it.</param>
    /// <param name="position">Bytes of responses before the destination.</param>
    public BinaryItemReader(ref readonly BinaryRequest request, Span<byte> destination, ulong casMask, LentValue? lent, int position)
    {
        _lent = lent;
        _position = position;
        _casMask = casMask;
        _request = ref request;
        _destination = destination;
    }

    /// <summary>Bytes written; 0 when there is no item or it does not fit.</summary>
    public int Written { readonly get; private set; }

    /// <summary>Bytes of room the item needs when it does not fit.</summary>
    public int Needed { readonly get; private set; }

    /// <summary>The longest value for which so much room is enough.</summary>
    public static int LongestValue(int room) => room - BinaryComposer.MaxHeadLength;

    public void Read(in Item item)
    {
        ReadOnlySpan<byte> value = item.Value;
        if (value.Length > LongestValue(_destination.Length))
        {
            Needed = BinaryComposer.MaxHeadLength + value.Length;
            if (_lent is { IsUsed: true } && value.Length >= ServerLimits.LentValueBytes)
            {
                Lend(item);
            }

            return;
        }

        int length = Head(item);
        value.CopyTo(_destination.Slice(length));
        Written = length + value.Length;
    }

    private readonly int Head(in Item item) =>
        BinaryComposer.ValueHead(_destination, _request, item.Key, item.ClientFlags, item.Value.Length, item.Revision & _casMask);

    private void Lend(in Item item)
    {
        // When the responses so far are sent, there is room for the head, and this value is lent.
        Needed = BinaryComposer.MaxHeadLength;
        if (_destination.Length >= Needed)
        {
            int length = Head(item);
            Written = _lent!.TryTake(item, _position + length) ? length : 0;
        }
    }
}

/// <summary>Takes what the response of Touch tells.</summary>
internal struct BinaryTouchReader : IItemReader
{
    public uint ClientFlags { readonly get; private set; }

    public ulong Cas { readonly get; private set; }

    public void Read(in Item item)
    {
        ClientFlags = item.ClientFlags;
        Cas = item.Revision;
    }
}
