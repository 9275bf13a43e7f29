namespace AotKv.Server.Transport.Tls;

/// <summary>
/// The certificates of a server, which can be read again while it runs: new connections get the new ones, old connections go on with
/// those they began with.
/// </summary>
public sealed class TlsCertificates
{
    private readonly Lock _reloading = new();
    private volatile TlsIdentity _current;

    private TlsCertificates(TlsOptions options, TlsIdentity identity)
    {
        Options = options;
        _current = identity;
    }

    /// <summary>Where they come from, and how they are used.</summary>
    public TlsOptions Options { get; }

    /// <summary>What new connections use.</summary>
    internal TlsIdentity Current => _current;

    /// <summary>Reads certificates and key, and checks that they fit each other and the other settings.</summary>
    /// <param name="options">Where they are.</param>
    /// <exception cref="TlsException">One of them is missing, unreadable or wrong.</exception>
    public static TlsCertificates Load(TlsOptions options) => new(options, TlsIdentity.Load(options));

    /// <summary>The settings of one handshake, for a door beside the memcached port.</summary>
    public System.Net.Security.SslServerAuthenticationOptions Handshake() => _current.Handshake(ListenSecurity.Default);

    /// <summary>Reads the files again; when one of them is wrong now, the certificates stay as they were.</summary>
    /// <exception cref="TlsException">One of them is missing, unreadable or wrong.</exception>
    public void Reload()
    {
        lock (_reloading)
        {
            _current = TlsIdentity.Load(Options);
        }
    }
}
