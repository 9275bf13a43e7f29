using AotKv.Engine.Log;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine.Feed;

/// <summary>What a change did.</summary>
public enum FeedChangeKind
{
    /// <summary>A key has this value, these flags, this expiry.</summary>
    Put,

    /// <summary>A key is gone.</summary>
    Delete,

    /// <summary>A namespace was created, emptied or dropped.</summary>
    Namespace,
}

/// <summary>Where a reader of the feed is.</summary>
public enum FeedStatus
{
    /// <summary>Changes were delivered; there may be more.</summary>
    Delivered,

    /// <summary>There is nothing more yet.</summary>
    UpToDate,

    /// <summary>What comes next was not retained: take the full state, then go on from where that began.</summary>
    FellBehind,
}

/// <summary>One change. Valid only during the call it is passed to.</summary>
public readonly ref struct FeedChange
{
    private readonly Record _record;

    internal FeedChange(Record record, ulong revision, bool endsTransaction)
    {
        _record = record;
        Revision = revision;
        EndsTransaction = endsTransaction;
    }

    /// <summary>What it did.</summary>
    public FeedChangeKind Kind => _record.Kind switch
    {
        RecordKind.Deletion => FeedChangeKind.Delete,
        RecordKind.Namespace => FeedChangeKind.Namespace,
        _ => FeedChangeKind.Put,
    };

    /// <summary>The change's revision: rises from change to change; the changes of one transaction share it.</summary>
    public ulong Revision { get; }

    /// <summary>Whether it is the last of its transaction. A single operation is a transaction of one.</summary>
    public bool EndsTransaction { get; }

    /// <summary>The number of the key's namespace, or of the namespace that changed; 0 the default one.</summary>
    public uint Namespace => _record.Namespace;

    /// <summary>The key; empty for a namespace.</summary>
    public ReadOnlySpan<byte> Key => _record.Key;

    /// <summary>The value of a put; empty otherwise.</summary>
    public ReadOnlySpan<byte> Value => Kind == FeedChangeKind.Put ? _record.Value : default;

    /// <summary>The client's flags of a put.</summary>
    public uint ClientFlags => _record.ClientFlags;

    /// <summary>The expiry of a put, milliseconds since 1970 (UTC); 0 never. Expiring is not a change of its own.</summary>
    public long ExpiryMilliseconds => _record.ExpiryMilliseconds;

    /// <summary>The CAS id of a put: its revision, unless it was touched or the client chose one.</summary>
    public ulong Cas => _record.Cas;

    /// <summary>Of a namespace: its name; what is in it up to which revision is gone; whether it was dropped.</summary>
    public (string Name, ulong FlushedRevision, bool IsDropped) NamespaceState =>
        Kind == FeedChangeKind.Namespace && Namespaces.NamespaceState.TryRead(_record.Value, out NamespaceState state)
            ? (state.Name, state.FlushedRevision, state.IsDropped)
            : (string.Empty, 0, false);
}

/// <summary>Takes changes. Implement it as a struct.</summary>
public interface IFeedReader
{
    /// <summary>
    /// Called for each change in order. No lock is held, but the memory behind the change is: copy and return, and do not throw.
    /// </summary>
    /// <param name="change">The change; its spans are valid only during the call.</param>
    void Read(in FeedChange change);
}
