using System.Globalization;
using System.Net;
using AotKv.Perf.Net;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Http;

/// <summary>aotkv with its HTTP door.</summary>
/// <param name="Path">Its program.</param>
/// <param name="Door">Where the door listens.</param>
internal sealed record HttpSpec(string Path, Target Door) : ServerSpec(OwnName, Path)
{
    /// <summary>Further flags.</summary>
    public IReadOnlyList<string> More { get; init; } = [];

    public override string Version => new MemcachedSpec(Name, Path).Version;

    public override bool KeepsData => true;

    /// <summary>With a door at a free port.</summary>
    public static HttpSpec AtFreePort(string path) => new(path, FreeTarget(unixSocket: false));

    public override IReadOnlyList<string> Arguments(Target target, ServerSettings settings) =>
    [
        .. new MemcachedSpec(Name, Path).Arguments(target, settings),
        "--http", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)Door.EndPoint).Port}"),
        .. More,
    ];
}
