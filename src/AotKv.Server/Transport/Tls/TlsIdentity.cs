using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotKv.Server.Transport.Tls;

/// <summary>What a handshake needs: the certificates as they were when the files were read.</summary>
internal sealed class TlsIdentity
{
    // The numbers of the framework's versions of TLS; its names for the first two are obsolete, as they are.
    private const SslProtocols Tls10 = (SslProtocols)0xC0;
    private const SslProtocols Tls11 = (SslProtocols)0x300;

    private readonly SslStreamCertificateContext _server;
    private readonly X509ChainPolicy _clients;
    private readonly CipherSuitesPolicy? _ciphers;
    private readonly SslProtocols _versions;
    private readonly bool _resumes;
    private readonly TlsVerifyMode _verifies;

    private TlsIdentity(SslStreamCertificateContext server, X509ChainPolicy clients, CipherSuitesPolicy? ciphers, TlsOptions options)
    {
        _server = server;
        _clients = clients;
        _ciphers = ciphers;
        _resumes = options.ResumesSessions;
        _verifies = options.VerifyMode;
#pragma warning disable CA5397 // The operator asked for the old versions by name; the default is TLS 1.2.
        _versions = options.MinVersion switch
        {
            TlsVersion.Tls10 => Tls10 | Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13,
            TlsVersion.Tls11 => Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13,
            TlsVersion.Tls13 => SslProtocols.Tls13,
            _ => SslProtocols.Tls12 | SslProtocols.Tls13,
        };
#pragma warning restore CA5397
    }

    /// <summary>When the files were read, milliseconds of the process's own clock.</summary>
    public long LoadedAtMs { get; } = Environment.TickCount64;

    public static TlsIdentity Load(TlsOptions options)
    {
        if (options.ChainPath == null)
        {
            throw new TlsException("Error loading the certificate chain: give -o ssl_chain_cert=FILE and -o ssl_key=FILE with -Z");
        }

        X509Certificate2Collection chain = PemFiles.Certificates("the certificate chain", "ssl_chain_cert", options.ChainPath);
        X509Certificate2 own = PemFiles.WithKey(chain[0], options);
        chain.RemoveAt(0);
        X509Certificate2Collection authorities = options.AuthorityPath is { } path
            ? PemFiles.Certificates("the CA certificate", "ssl_ca_cert", path)
            : [];
        try
        {
            // The names of the authorities are told to clients, so that these choose the right certificate.
            bool tells = authorities.Count > 0 && OperatingSystem.IsLinux();
            SslStreamCertificateContext server = SslStreamCertificateContext.Create(
                own, chain, offline: true, SslCertificateTrust.CreateForX509Collection(authorities, tells));
            CipherSuitesPolicy? ciphers = options.Ciphers is { } list ? TlsCiphers.Parse(list) : null;
            return new(server, ClientPolicy(authorities), ciphers, options);
        }
        catch (CryptographicException exception)
        {
            throw new TlsException($"Error validating the certificate: -o ssl_chain_cert={options.ChainPath}: {exception.Message}", exception);
        }
    }

    /// <summary>The settings of one handshake.</summary>
    public SslServerAuthenticationOptions Handshake(ListenSecurity security)
    {
        TlsVerifyMode mode = security switch
        {
            ListenSecurity.NoClientCertificate => TlsVerifyMode.None,
            ListenSecurity.ClientCertificate => TlsVerifyMode.Require,
            _ => _verifies,
        };
        return new()
        {
            ServerCertificateContext = _server,
            EnabledSslProtocols = _versions,
            CipherSuitesPolicy = _ciphers,
            AllowTlsResume = _resumes,
            AllowRenegotiation = false,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            ClientCertificateRequired = mode != TlsVerifyMode.None,
            CertificateChainPolicy = mode == TlsVerifyMode.None ? null : _clients.Clone(),
            RemoteCertificateValidationCallback = mode switch
            {
                TlsVerifyMode.None => null,
                TlsVerifyMode.Request => static (_, certificate, _, errors) => certificate == null || errors == SslPolicyErrors.None,
                _ => static (_, _, _, errors) => errors == SslPolicyErrors.None,
            },
        };
    }

    /// <summary>Only the given authorities count, none of the system's; nothing is fetched that a client's certificate points to.</summary>
    private static X509ChainPolicy ClientPolicy(X509Certificate2Collection authorities)
    {
        X509ChainPolicy policy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }
}
