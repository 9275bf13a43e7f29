// Relies on: a pinned segment keeps its bytes until it is unpinned, and the store outlives whoever holds one of its items.
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>A large item that can be read until it is disposed of, also when the key has another value by then. See <see cref="Store.Hold"/>.</summary>
public sealed unsafe class HeldItem : IDisposable
{
    private readonly Store _store;
    private readonly byte* _value;
    private readonly int _length;
    private Segment* _segment;

    internal HeldItem(Store store, Segment* segment, Record record)
    {
        _store = store;
        _segment = segment;
        ReadOnlySpan<byte> value = record.Value;
        fixed (byte* at = value)
        {
            _value = at; // native memory: it does not move
        }

        _length = value.Length;
        Revision = record.Cas;
        ClientFlags = record.ClientFlags;
        ExpiryMilliseconds = record.ExpiryMilliseconds;
    }

    /// <summary>The value's bytes. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Value => _segment != null ? new(_value, _length) : default;

    /// <summary>The item's revision: memcached's CAS id.</summary>
    public ulong Revision { get; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; }

    /// <summary>Milliseconds since 1970 (UTC); 0 never.</summary>
    public long ExpiryMilliseconds { get; }

    /// <summary>Lets the item go.</summary>
    public void Dispose()
    {
        Segment* segment = _segment;
        if (segment != null)
        {
            _segment = null;
            _store.LetGo(segment);
        }
    }
}
