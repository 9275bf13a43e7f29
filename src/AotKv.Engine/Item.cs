using AotKv.Engine.Log;
using AotKv.Engine.Memtable;

namespace AotKv.Engine;

/// <summary>One live item, as it stands in the log. Valid only while the stripe it was read under is locked.</summary>
public readonly ref struct Item
{
    private readonly Record _record;
    private readonly ulong _slot;

    internal Item(
        ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ulong revision, long expiryMilliseconds, uint clientFlags, Record record, ulong slot)
    {
        Key = key;
        Value = value;
        Revision = revision;
        ExpiryMilliseconds = expiryMilliseconds;
        ClientFlags = clientFlags;
        _record = record;
        _slot = slot;
    }

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The item's revision: memcached's CAS id.</summary>
    public ulong Revision { get; }

    /// <summary>Milliseconds since 1970 (UTC); 0 never.</summary>
    public long ExpiryMilliseconds { get; }

    /// <summary>The client's flags.</summary>
    public uint ClientFlags { get; }

    /// <summary>Whether it was read before.</summary>
    public bool WasFetched => (_slot & Slot.Fetched) != 0;

    /// <summary>Whether the key was stored as a binary one (memcached's meta flag b).</summary>
    public bool HasBinaryKey => (_record.Attributes & RecordLayout.BinaryKey) != 0;

    /// <summary>Whether it was invalidated and is served until somebody has stored it anew.</summary>
    public bool IsStale => (_record.Attributes & RecordLayout.Stale) != 0;

    /// <summary>Whether somebody was told to store it anew.</summary>
    public bool IsTokenSent => (_record.Attributes & RecordLayout.TokenSent) != 0;

    /// <summary>Bytes of the record.</summary>
    public int RecordBytes => (int)RecordLayout.Size(_record.Attributes, Key.Length, Value.Length);

    internal Record Record => _record;

    /// <summary>Where the record is in the log.</summary>
    internal long Location => Slot.Location(_slot);
}
