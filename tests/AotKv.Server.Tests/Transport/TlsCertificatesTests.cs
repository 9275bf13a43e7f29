using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AotKv.Server.Tests.Support;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server.Tests.Transport;

/// <summary>What is wrong with certificates and keys is said in one line with option and file.</summary>
public sealed class TlsCertificatesTests
{
    private static TlsOptions Right => new() { ChainPath = TestCertificates.Server.ChainPath, KeyPath = TestCertificates.Server.KeyPath };

    [Fact]
    public void Missing_options_are_named() =>
        Refuses(new(), "Error loading the certificate chain: give -o ssl_chain_cert=FILE and -o ssl_key=FILE with -Z");

    [Fact]
    public void Missing_files_are_named()
    {
        string nowhere = TestCertificates.PathOf("nowhere.pem");
        Refuses(Right with { ChainPath = nowhere }, $"Error loading the certificate chain: -o ssl_chain_cert={nowhere}: there is no such file");
        Refuses(Right with { KeyPath = nowhere }, $"Error loading the key: -o ssl_key={nowhere}: there is no such file");
        Refuses(Right with { AuthorityPath = nowhere }, $"Error loading the CA certificate: -o ssl_ca_cert={nowhere}: there is no such file");
    }

    [Fact]
    public void Files_of_something_else_are_named()
    {
        string text = TestCertificates.WriteText("text.pem", "this is no certificate");
        Refuses(Right with { ChainPath = text }, $"Error loading the certificate chain: -o ssl_chain_cert={text}: no certificate in PEM is in it");
        Refuses(Right with { KeyPath = text }, $"Error loading the key: -o ssl_key={text}: no private key in PEM is in it");
        Refuses(Right with { KeyPath = null }, $"Error loading the key: -o ssl_chain_cert={Right.ChainPath}: no private key in PEM is in it");
        Refuses(Right with { AuthorityPath = Right.KeyPath }, $"Error loading the CA certificate: -o ssl_ca_cert={Right.KeyPath}: no certificate in PEM is in it");
        string torn = TestCertificates.WriteText("torn.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
        Refuses(Right with { ChainPath = torn }, $"Error loading the certificate chain: -o ssl_chain_cert={torn}: not a certificate in PEM");
    }

    [Fact]
    public void Key_of_another_certificate_is_named()
    {
        (_, string other) = TestCertificates.Write(TestCertificates.Issue("other", TestCertificates.Authority), "other");
        Refuses(Right with { KeyPath = other }, $"Error loading the key: -o ssl_key={other}: not the key of the certificate in {Right.ChainPath}");
        using RSA rsa = RSA.Create(2048);
        string strange = TestCertificates.WriteText("rsa.key", rsa.ExportPkcs8PrivateKeyPem());
        Refuses(Right with { KeyPath = strange }, $"Error loading the key: -o ssl_key={strange}: not the key of the certificate in {Right.ChainPath}");
    }

    [Fact]
    public void Encrypted_key_is_named()
    {
        using RSA rsa = RSA.Create(2048);
        string path = TestCertificates.WriteText("encrypted.key", rsa.ExportEncryptedPkcs8PrivateKeyPem("secret", new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        Refuses(Right with { KeyPath = path }, $"Error loading the key: -o ssl_key={path}: the key is encrypted; give one without a pass phrase");
    }

    [Fact]
    public void Ciphers_that_nobody_knows_are_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems choose their ciphers themselves");
        Refuses(Right with { Ciphers = "NO-SUCH-CIPHER" }, "Error setting the provided cipher(s): -o ssl_ciphers=NO-SUCH-CIPHER: OpenSSL finds no cipher in it");
    }

    [Fact]
    public void Key_behind_its_certificate_is_found()
    {
        string both = TestCertificates.WriteText("both.pem", File.ReadAllText(Right.ChainPath!) + "\n" + File.ReadAllText(Right.KeyPath!));
        TlsCertificates.Load(new() { ChainPath = both });
    }

    [Fact]
    public void Keys_in_binary_form_are_read()
    {
        using X509Certificate2 certificate = TestCertificates.Issue("localhost", TestCertificates.Authority);
        (string chain, _) = TestCertificates.Write(certificate, "binary");
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        foreach ((string name, byte[] bytes) in new[] { ("common.der", key.ExportPkcs8PrivateKey()), ("own.der", key.ExportECPrivateKey()) })
        {
            string path = TestCertificates.PathOf(name);
            File.WriteAllBytes(path, bytes);
            TlsCertificates.Load(new() { ChainPath = chain, KeyPath = path, KeyFormat = TlsOptions.KeyFormatDer });
        }

        Refuses(new() { ChainPath = chain, KeyPath = chain, KeyFormat = TlsOptions.KeyFormatDer }, $"Error loading the key: -o ssl_key={chain}: not the key of the certificate in {chain}");
    }

    private static void Refuses(TlsOptions options, string message)
    {
        TlsException exception = Assert.Throws<TlsException>(() => TlsCertificates.Load(options));
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
