namespace AotKv.Engine;

/// <summary>When a store with a data directory syncs what was written.</summary>
public enum SyncMode
{
    /// <summary>Every so many milliseconds: a crash of the machine loses no more than that. A crash of the process loses nothing.</summary>
    Interval,

    /// <summary>Whenever somebody waits for it: writers wait until their write is on disk, many share one sync.</summary>
    Always,

    /// <summary>Only where the log itself needs it (before a segment is used again).</summary>
    Never,
}

/// <summary>Told, on the syncing thread, how far the log is durable. Implementations return at once.</summary>
public interface IDurabilityListener
{
    /// <summary>Everything up to a revision is on disk.</summary>
    /// <param name="revision">The last durable revision.</param>
    void OnDurable(ulong revision);

    /// <summary>A sync has failed: nothing that is not durable yet will ever be.</summary>
    /// <param name="reason">The system's words.</param>
    void OnFailed(string reason);
}
