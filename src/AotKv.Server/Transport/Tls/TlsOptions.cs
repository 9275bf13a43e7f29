namespace AotKv.Server.Transport.Tls;

/// <summary>memcached's <c>ssl_*</c> settings. They mean something only when there are <see cref="ServerOptions.Certificates"/>.</summary>
public sealed record TlsOptions
{
    /// <summary>OpenSSL's number for PEM, in <see cref="KeyFormat"/>.</summary>
    public const int KeyFormatPem = 1;

    /// <summary>OpenSSL's number for DER, in <see cref="KeyFormat"/>.</summary>
    public const int KeyFormatDer = 2;

    /// <summary>Full path of the server's certificate, with the intermediate ones behind it, in PEM; null when not given.</summary>
    public string? ChainPath { get; init; }

    /// <summary>Full path of the private key; null when it is in the file of the certificate.</summary>
    public string? KeyPath { get; init; }

    /// <summary><see cref="KeyFormatPem"/>, the default, or <see cref="KeyFormatDer"/>.</summary>
    public int KeyFormat { get; init; } = KeyFormatPem;

    /// <summary>What is asked of clients; default nothing.</summary>
    public TlsVerifyMode VerifyMode { get; init; }

    /// <summary>Cipher suites up to TLS 1.2 in OpenSSL's notation; null, the default, for those of the system.</summary>
    public string? Ciphers { get; init; }

    /// <summary>Full path of the certificates, in PEM, that may have issued those of clients; null, the default, for none.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>Bytes of replies that are encrypted together, 1 KiB to 1 GiB; default 16 KiB, which is one record.</summary>
    public int WriteBufferBytes { get; init; } = 16 << 10;

    /// <summary>Clients may resume sessions; default not.</summary>
    public bool ResumesSessions { get; init; }

    /// <summary>memcached's kernel offload was asked for: shown in the settings, no effect.</summary>
    public bool KernelOffload { get; init; }

    /// <summary>The oldest version that is spoken; default TLS 1.2.</summary>
    public TlsVersion MinVersion { get; init; } = TlsVersion.Tls12;
}

/// <summary>What is asked of clients, with the numbers of memcached's <c>ssl_verify_mode</c>.</summary>
public enum TlsVerifyMode
{
    /// <summary>No certificate.</summary>
    None,

    /// <summary>A certificate, which must be valid when it is there.</summary>
    Request,

    /// <summary>A valid certificate.</summary>
    Require,

    /// <summary>A valid certificate, asked for once only; as there is no renegotiation, the same as <see cref="Require"/>.</summary>
    Once,
}

/// <summary>Versions of TLS, with the numbers of memcached's <c>ssl_min_version</c>.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.0.</summary>
    Tls10,

    /// <summary>TLS 1.1.</summary>
    Tls11,

    /// <summary>TLS 1.2.</summary>
    Tls12,

    /// <summary>TLS 1.3.</summary>
    Tls13,
}
