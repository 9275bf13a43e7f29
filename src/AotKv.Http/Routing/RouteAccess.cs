namespace AotKv.Http.Routing;

/// <summary>What a caller must be allowed to do for a route.</summary>
internal enum RouteAccess
{
    /// <summary>Nothing: everybody may.</summary>
    Open,

    /// <summary>Read in the namespace of the path.</summary>
    Read,

    /// <summary>Write in the namespace of the path.</summary>
    Write,

    /// <summary>Create, drop or empty the namespace of the path.</summary>
    Admin,

    /// <summary>Some token: the handler looks at the namespaces it meets.</summary>
    Token,

    /// <summary>Figures of the whole server: read in every namespace.</summary>
    Server,
}

/// <summary>What a route does about a store that is not open yet, and about the limit of requests at once.</summary>
[Flags]
internal enum RouteTraits
{
    /// <summary>An ordinary request: needs the store, and counts.</summary>
    None = 0,

    /// <summary>Is served during recovery too.</summary>
    WithoutStore = 1,

    /// <summary>Does not count as a request at work: it is short, or waits, and has a limit of its own.</summary>
    Uncounted = 2,

    /// <summary>The token may stand in the query, for pages' event sources and web sockets.</summary>
    TokenInQuery = 4,

    /// <summary>The reply may have no end, so there is no HEAD for this GET.</summary>
    Endless = 8,

    /// <summary>
    /// Short: served on the thread that has read the request, where others may be waiting behind it. Other requests go to the thread pool first.
    /// </summary>
    Brief = 16,
}
