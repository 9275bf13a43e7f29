// Relies on: a pinned segment keeps its bytes until it is unpinned, and the store outlives whoever holds one of its items.
using System.Diagnostics;
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>
/// An item that can be read until it is let go, also when the key has another value by then. See <see cref="Store.Hold(in ItemKey)"/>. May be
/// used again for another one.
/// </summary>
public sealed unsafe class HeldItem : IDisposable
{
    private Store? _store;
    private byte* _value;
    private int _length;
    private Segment* _segment;

    /// <summary>The value's bytes; empty when nothing is held. Not to be used after <see cref="Dispose"/>.</summary>
    public ReadOnlySpan<byte> Value => _segment != null ? new(_value, _length) : default;

    /// <summary>The item's revision: memcached's CAS id.</summary>
    public ulong Revision { get; private set; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; private set; }

    /// <summary>Milliseconds since 1970 (UTC); 0 never.</summary>
    public long ExpiryMilliseconds { get; private set; }

    /// <summary>Lets the item go.</summary>
    public void Dispose()
    {
        Segment* segment = _segment;
        if (segment != null)
        {
            _segment = null;
            _store!.LetGo(segment);
        }
    }

    internal void Take(Store store, Segment* segment, Record record)
    {
        Debug.Assert(_segment == null, "one at a time");
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
}
