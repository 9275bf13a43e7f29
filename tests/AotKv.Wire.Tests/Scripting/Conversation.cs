namespace AotKv.Wire.Tests.Scripting;

/// <summary>One scripted conversation with a server: what clients send and what they must get back.</summary>
/// <param name="File">Name of the file it stands in.</param>
/// <param name="Name">Its own name, unique in the file.</param>
/// <param name="Arguments">Flags that the server must have been started with.</param>
/// <param name="Fresh">Whether the server must be one that has not served any other conversation.</param>
/// <param name="OnlyAotKv">Why it is not for memcached, when it is not.</param>
/// <param name="NoCuts">Why its requests must arrive as they are, when they must.</param>
/// <param name="Login">Name and password, where the server wants one before it says anything on a text connection.</param>
/// <param name="IsUdp">Its clients send datagrams.</param>
/// <param name="Steps">What happens, in order.</param>
internal sealed record Conversation(
    string File,
    string Name,
    string Arguments,
    bool Fresh,
    string? OnlyAotKv,
    string? NoCuts,
    string? Login,
    bool IsUdp,
    IReadOnlyList<Step> Steps)
{
    /// <summary>It waits for time to pass.</summary>
    public bool TakesTime => Steps.Any(step => step is Wait);

    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Name}";
}

/// <summary>One thing that happens in a conversation.</summary>
/// <param name="Connection">Which connection it happens on.</param>
/// <param name="Line">Its line in the file.</param>
internal abstract record Step(int Connection, int Line);

/// <summary>Bytes go to the server. Sends that follow one another are one write.</summary>
internal sealed record Send(int Connection, int Line, IPayload Payload, string Source) : Step(Connection, Line);

/// <summary>What was gathered is written now, and the server gets some time to read it.</summary>
internal sealed record Pause(int Connection, int Line) : Step(Connection, Line);

/// <summary>The client closes: in order, at once, or only the direction towards the server.</summary>
internal sealed record Close(int Connection, int Line, CloseKind Kind) : Step(Connection, Line);

/// <summary>Time passes.</summary>
internal sealed record Wait(int Connection, int Line, TimeSpan Time) : Step(Connection, Line);

/// <summary>The server says something (or nothing), or something else when it is one of those that differ.</summary>
internal sealed record Expect(int Connection, int Line, IReadOnlyList<Expectation> Normal, IReadOnlyList<Difference> Differences)
    : Step(Connection, Line);

/// <summary>How a client closes.</summary>
internal enum CloseKind
{
    /// <summary>In order.</summary>
    Close,

    /// <summary>With a reset: unread and unsent data is dropped.</summary>
    Reset,

    /// <summary>Nothing more is sent, but replies are still read.</summary>
    Half,
}

/// <summary>What a server with a certain name says instead.</summary>
/// <param name="Server">A version such as 1.6.18, or <c>memcached</c> for all versions of it.</param>
/// <param name="Reason">Why it may differ.</param>
/// <param name="Instead">What it says instead.</param>
internal sealed record Difference(string Server, string Reason, IReadOnlyList<Expectation> Instead)
{
    /// <summary>Whether the difference is about this server.</summary>
    public bool IsAbout(string server) => Server == server || (Server == "memcached" && server != ServerNames.AotKv);
}

/// <summary>One thing that a server says.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The bytes or the line; for <see cref="ExpectKind.Stat"/> the value.</param>
/// <param name="Name">For <see cref="ExpectKind.Stat"/>: the name.</param>
/// <param name="Source">As written in the file.</param>
/// <param name="Packet">For <see cref="ExpectKind.Packet"/>: what it is like.</param>
internal sealed record Expectation(ExpectKind Kind, Template Text, string Name, string Source, Packet? Packet = null);

/// <summary>The kinds of things that a server says.</summary>
internal enum ExpectKind
{
    /// <summary>A line with CR LF.</summary>
    Line,

    /// <summary>A line with LF alone.</summary>
    BareLine,

    /// <summary>A packet of the binary protocol.</summary>
    Packet,

    /// <summary>Exactly these bytes.</summary>
    Bytes,

    /// <summary>The server closes the connection.</summary>
    Closed,

    /// <summary>A table of STAT lines with its END.</summary>
    Table,

    /// <summary>A name of the last table, with its value.</summary>
    Stat,

    /// <summary>A name that the last table must not have.</summary>
    NoStat,
}

/// <summary>Names under which servers are known to the conversations.</summary>
internal static class ServerNames
{
    /// <summary>The server under test; memcached is known by its version.</summary>
    public const string AotKv = "aotkv";
}
