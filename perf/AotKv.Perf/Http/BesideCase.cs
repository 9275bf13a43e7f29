namespace AotKv.Perf.Http;

/// <summary>What HTTP does while the memcached port is measured.</summary>
internal enum DoorState
{
    /// <summary>Nothing.</summary>
    Idle,

    /// <summary>As much as it can.</summary>
    Busy,

    /// <summary>Nothing, but the door of another process as much as it can: the control.</summary>
    Elsewhere,
}

/// <summary>One line: how the memcached port is asked, and what HTTP does meanwhile.</summary>
/// <param name="IsOpen">At a fixed rate; otherwise each connection as fast as it is answered.</param>
/// <param name="Kind">What HTTP is asked.</param>
/// <param name="Commands">Commands in one HTTP request.</param>
/// <param name="Door">Whether it is asked.</param>
internal sealed record BesideCase(bool IsOpen, HttpKind Kind, int Commands, DoorState Door)
{
    /// <summary>All of them, in the order of the report.</summary>
    public static IReadOnlyList<BesideCase> All { get; } =
    [
        .. from isOpen in new[] { true, false }
           from load in new[] { (Kind: HttpKind.ExecuteGet, Commands: 1), (Kind: HttpKind.ExecuteSet, Commands: 100) }
           from door in Enum.GetValues<DoorState>()
           select new BesideCase(isOpen, load.Kind, load.Commands, door),
    ];

    /// <summary>What HTTP is asked, as <c>get-1</c>.</summary>
    public string Load => $"{(Kind == HttpKind.ExecuteGet ? "get" : "set")}-{Commands}";

    /// <summary>Its name, such as <c>open-get-1-busy</c>.</summary>
    public string Name => $"{(IsOpen ? "open" : "closed")}-{Load}-{Door.ToString().ToLowerInvariant()}";
}
