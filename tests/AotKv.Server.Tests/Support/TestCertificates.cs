using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server.Tests.Support;

/// <summary>An authority of this process, with certificates in files.</summary>
internal static class TestCertificates
{
    private static readonly string Folder = MakeFolder();

    /// <summary>The authority of everything here.</summary>
    public static X509Certificate2 Authority { get; } = MakeAuthority("AotKv test authority");

    /// <summary>The file of the authority.</summary>
    public static string AuthorityPath { get; } = WriteText("authority.pem", Authority.ExportCertificatePem());

    /// <summary>A server's certificate and key.</summary>
    public static (string ChainPath, string KeyPath) Server { get; } = Write(Issue("localhost", Authority), "server");

    /// <summary>A client's certificate.</summary>
    public static X509Certificate2 ClientCertificate { get; } = Issue("client", Authority);

    /// <summary>A file's path in the folder of this run.</summary>
    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Options with TLS, or as they are.</summary>
    public static ServerOptions Secure(ServerOptions options, bool hasTls = true, Func<TlsOptions, TlsOptions>? change = null)
    {
        if (!hasTls)
        {
            return options;
        }

        TlsOptions tls = new() { ChainPath = Server.ChainPath, KeyPath = Server.KeyPath, AuthorityPath = AuthorityPath };
        tls = change?.Invoke(tls) ?? tls;
        return options with { Tls = tls, Certificates = TlsCertificates.Load(tls) };
    }

    /// <summary>How a client shakes hands that trusts only the authority.</summary>
    public static SslClientAuthenticationOptions Client(X509Certificate2? own = null, SslProtocols versions = SslProtocols.None)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Authority);
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost",
            CertificateChainPolicy = policy,
            EnabledSslProtocols = versions,
            AllowTlsResume = false,
        };
        if (own != null)
        {
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own, null, offline: true);
        }

        return options;
    }

    public static X509Certificate2 MakeAuthority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    public static X509Certificate2 Issue(string name, X509Certificate2 issuer, bool isAuthority = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        if (!isAuthority)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        using X509Certificate2 issued = request.Create(issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Writes a certificate, those behind it, and its key.</summary>
    public static (string ChainPath, string KeyPath) Write(X509Certificate2 certificate, string name, params X509Certificate2[] behind)
    {
        string chain = string.Join('\n', [certificate.ExportCertificatePem(), .. behind.Select(one => one.ExportCertificatePem())]);
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return (WriteText(name + ".pem", chain), WriteText(name + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    public static string WriteText(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    private static string MakeFolder()
    {
        string folder = Directory.CreateTempSubdirectory("aotkv-tls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
