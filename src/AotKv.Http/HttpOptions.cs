namespace AotKv.Http;

/// <summary>How the HTTP door listens and what it allows.</summary>
public sealed record HttpOptions
{
    /// <summary>Where to listen; at least one.</summary>
    public required IReadOnlyList<HttpAddress> Listen { get; init; }

    /// <summary>Limits.</summary>
    public HttpLimits Limits { get; init; } = new();

    /// <summary>Who may come in; null, the default, for everybody.</summary>
    public Security.TokenFile? Tokens { get; init; }

    /// <summary>Makes the settings of a TLS handshake, anew for each connection; null, the default, for no TLS.</summary>
    public Func<System.Net.Security.SslServerAuthenticationOptions>? Tls { get; init; }

    /// <summary>Where a line for each request goes, without keys and values: a path, <c>-</c> for standard error, null for nowhere.</summary>
    public string? AccessLog { get; init; }

    /// <summary>Origins whose pages may use this server, such as <c>https://example.org</c>; empty, the default, for none but its own.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Bytes of the store's largest item: what the default limits follow from.</summary>
    public long MaxItemBytes { get; init; } = 1 << 20;

    /// <summary>Replies to all writes wait for the log (<c>--fsync always</c>).</summary>
    public bool HoldsReplies { get; init; }

    /// <summary>The store's data directory, whose disk is looked at; null for a store in memory.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>A collector of OpenTelemetry to which metrics are sent, such as <c>http://localhost:4318</c>; null, the default, for none.</summary>
    public Uri? Otlp { get; init; }

    /// <summary>How often metrics are sent there; default ten seconds.</summary>
    public TimeSpan OtlpInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The store keeps its changes for readers of the feed.</summary>
    public bool HasFeed { get; init; } = true;

    /// <summary>The largest body that is taken.</summary>
    public long BodyLimitBytes => Limits.BodyBytes > 0 ? Limits.BodyBytes : Math.Max(16L << 20, MaxItemBytes + (64 << 10));

    /// <summary>Called by every thread before it serves its first request; null, the default, for nothing.</summary>
    public Action? EnterThread { get; init; }

    /// <summary>Every mistake, in words that say what to do.</summary>
    public IReadOnlyList<string> Check() => Listen.Count == 0 ? ["the HTTP door has no address to listen on", .. Limits.Check()] : Limits.Check();
}
