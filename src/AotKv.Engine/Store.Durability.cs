namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>Everything up to this revision survives a crash of the machine; 0 without a data directory.</summary>
    public ulong DurableRevision => _syncer?.DurableRevision ?? 0;

    /// <summary>The last revision given out.</summary>
    public ulong LastRevision => _revisions.Last;

    /// <summary>Why no writes are accepted any more; null while all is well.</summary>
    public string? Failure => _syncer?.Failure;

    /// <summary>Syncs of the log so far.</summary>
    public long Syncs => _syncer?.Syncs ?? 0;

    /// <summary>How long the syncs of the log took; null for a store in memory.</summary>
    public Measure.TimeHistogram? SyncTimes => _syncer?.Times;

    /// <summary>Waits until a write is on disk, whatever the sync mode is; others that wait share the sync.</summary>
    /// <param name="revision">The revision of the write's outcome.</param>
    /// <param name="timeout">How long to wait at most.</param>
    /// <returns>False when the time was up, syncing has failed, or there is no data directory.</returns>
    public bool WaitForDurable(ulong revision, TimeSpan timeout) => _syncer != null && _syncer.Wait(revision, timeout);

    /// <summary>Asks that a write be made durable soon, whatever the sync mode is; listeners hear of it. Does not wait.</summary>
    /// <param name="revision">The revision of the write's outcome.</param>
    public void RequestDurable(ulong revision) => _syncer?.Request(revision);

    /// <summary>Tells a listener, from now on, how far the log is durable.</summary>
    /// <param name="listener">Called on the syncing thread.</param>
    public void AddDurabilityListener(IDurabilityListener listener) => _syncer?.AddListener(listener);

    /// <summary>Sealed segments are synced before anything else may rely on them.</summary>
    internal void SettleSealed()
    {
        if (_syncer != null && (_head.HasUnsynced || _mainHead.HasUnsynced))
        {
            _syncer.Signal();
        }
    }

    /// <summary>Seals both heads and syncs twice: the records, and then the headers that say that they are complete.</summary>
    private void CloseLog()
    {
        if (_syncer == null)
        {
            return;
        }

        _mainHead.Enter();
        _mainHead.Seal();
        _mainHead.Exit();
        _head.EnterWhole();
        _head.Seal();
        _head.Exit();
        if (!_syncer.SyncNow() || !_syncer.SyncNow())
        {
            _options.Log?.Invoke($"the log could not be synced at the end: {_syncer.Failure}");
        }
    }
}
