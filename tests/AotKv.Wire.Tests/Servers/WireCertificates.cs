using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotKv.Wire.Tests.Servers;

/// <summary>An authority of this run and a server's certificate for localhost, in files.</summary>
internal static class WireCertificates
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(30);
    private static readonly X509Certificate2 Authority = MakeAuthority();
    private static readonly string Folder = MakeFolder();

    /// <summary>The file of the authority.</summary>
    public static string AuthorityPath { get; } = WriteAuthority();

    /// <summary>What a server is started with.</summary>
    public static string[] Arguments { get; } = ArgumentsOf(Write("server"));

    /// <summary>The arguments for a server with this certificate and key.</summary>
    public static string[] ArgumentsOf((string ChainPath, string KeyPath) files) =>
        ["-Z", "-o", $"ssl_chain_cert={files.ChainPath},ssl_key={files.KeyPath}"];

    /// <summary>How a client shakes hands that trusts only this authority.</summary>
    public static SslClientAuthenticationOptions Client()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(Authority);
        return new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
    }

    /// <summary>Writes a new certificate and its key, over those of that name.</summary>
    public static (string ChainPath, string KeyPath) Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(Authority, From, To, RandomNumberGenerator.GetBytes(8));
        var files = (ChainPath: Path.Combine(Folder, name + ".pem"), KeyPath: Path.Combine(Folder, name + ".key"));
        File.WriteAllText(files.ChainPath, certificate.ExportCertificatePem());
        File.WriteAllText(files.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=AotKv wire tests", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(From, To);
    }

    private static string MakeFolder()
    {
        var folder = Directory.CreateTempSubdirectory("aotkv-wire-tls-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }

    private static string WriteAuthority()
    {
        var path = Path.Combine(Folder, "authority.pem");
        File.WriteAllText(path, Authority.ExportCertificatePem());
        return path;
    }
}
