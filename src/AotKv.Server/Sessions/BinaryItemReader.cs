using AotKv.Engine;
using AotKv.Protocol.Binary;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes the response of Get and Gat straight from the record. When it does not fit, nothing is written and <see cref="Needed"/> says how
/// much room would do.
/// </summary>
internal ref struct BinaryItemReader : IItemReader
{
    private readonly ref readonly BinaryRequest _request;
    private readonly Span<byte> _destination;
    private readonly ulong _casMask;

    public BinaryItemReader(ref readonly BinaryRequest request, Span<byte> destination, ulong casMask)
    {
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
            return;
        }

        int length = BinaryComposer.ValueHead(_destination, _request, item.Key, item.ClientFlags, value.Length, item.Revision & _casMask);
        value.CopyTo(_destination.Slice(length));
        Written = length + value.Length;
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
