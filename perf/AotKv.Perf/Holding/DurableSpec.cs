using System.Globalization;
using AotKv.Perf.Net;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Holding;

/// <summary>aotkv with a data directory.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Path">Its program.</param>
/// <param name="Directory">The data directory.</param>
/// <param name="SyncMilliseconds">Milliseconds between syncs.</param>
internal sealed record DurableSpec(string Name, string Path, string Directory, int SyncMilliseconds) : ServerSpec(Name, Path)
{
    public override string Version => new MemcachedSpec(Name, Path).Version;

    public override bool KeepsData => true;

    public override IReadOnlyList<string> Arguments(Target target, ServerSettings settings) =>
    [
        .. new MemcachedSpec(Name, Path).Arguments(target, settings),
        "--data-dir", Directory, "--fsync", SyncMilliseconds.ToString(CultureInfo.InvariantCulture),
    ];
}
