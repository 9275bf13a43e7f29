namespace AotKv.Engine.Tests.Durability;

/// <summary>What a power cut does to the pages that were written after their last sync.</summary>
internal enum CutKind
{
    /// <summary>Each is old, new, or old and new by sectors; each name that was not synced is there or not.</summary>
    Mixed,

    /// <summary>All are old.</summary>
    AllOld,

    /// <summary>All are new.</summary>
    AllNew,

    /// <summary>All are new but the last page of each file, which is mixed.</summary>
    LastPageTorn,
}

/// <summary>Which call a fault is asked about.</summary>
internal enum DiskCall
{
    Create,
    Open,
    SyncBegins,
    SyncEnds,
    SyncNamesBegins,
    SyncNamesEnds,
    Delete,
    Rename,
}
