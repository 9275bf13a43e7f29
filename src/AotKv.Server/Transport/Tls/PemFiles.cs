using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotKv.Server.Transport.Tls;

/// <summary>Reads certificates and keys; every failure says which option and file it is about.</summary>
internal static class PemFiles
{
    /// <summary>The certificates in a file, at least one.</summary>
    /// <param name="what">What the file holds, for messages.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">Its path.</param>
    public static X509Certificate2Collection Certificates(string what, string option, string path)
    {
        X509Certificate2Collection found = [];
        try
        {
            found.ImportFromPem(Text(what, option, path));
        }
        catch (CryptographicException exception)
        {
            throw Failure(what, option, path, $"not a certificate in PEM ({OneLine(exception)})", exception);
        }

        return found.Count > 0 ? found : throw Failure(what, option, path, "no certificate in PEM is in it");
    }

    /// <summary>A certificate together with its key.</summary>
    public static X509Certificate2 WithKey(X509Certificate2 certificate, TlsOptions options)
    {
        (string option, string path) = options.KeyPath is { } key ? ("ssl_key", key) : ("ssl_chain_cert", options.ChainPath!);
        const string What = "the key";
        try
        {
            X509Certificate2 pair = options.KeyFormat == TlsOptions.KeyFormatPem
                ? FromPem(certificate, Text(What, option, path))
                : FromDer(certificate, Bytes(What, option, path));
            return OperatingSystem.IsWindows() ? Persistable(pair) : pair;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            string text = options.KeyFormat == TlsOptions.KeyFormatPem ? Text(What, option, path) : string.Empty;
            string reason = text.Contains("ENCRYPTED", StringComparison.Ordinal)
                ? "the key is encrypted; give one without a pass phrase"
                : text.Length > 0 && !text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                    ? "no private key in PEM is in it"
                    : $"not the key of the certificate in {options.ChainPath} ({OneLine(exception)})";
            throw Failure(What, option, path, reason, exception);
        }
    }

    private static TlsException Failure(string what, string option, string path, string reason, Exception? inner = null) =>
        new($"Error loading {what}: -o {option}={path}: {reason}", inner);

    private static X509Certificate2 FromPem(X509Certificate2 certificate, string key) =>
        X509Certificate2.CreateFromPem(certificate.ExportCertificatePem(), key);

    private static X509Certificate2 FromDer(X509Certificate2 certificate, byte[] key)
    {
        if (certificate.GetRSAPublicKey() is { } publicRsa)
        {
            publicRsa.Dispose();
            using RSA rsa = RSA.Create();
            Import(key, static (own, bytes) => own.ImportPkcs8PrivateKey(bytes, out _), static (own, bytes) => own.ImportRSAPrivateKey(bytes, out _), rsa);
            return certificate.CopyWithPrivateKey(rsa);
        }

        using ECDsa curve = ECDsa.Create();
        Import(key, static (own, bytes) => own.ImportPkcs8PrivateKey(bytes, out _), static (own, bytes) => own.ImportECPrivateKey(bytes, out _), curve);
        return certificate.CopyWithPrivateKey(curve);
    }

    /// <summary>A key is either in the common form, or in that of its algorithm.</summary>
    private static void Import<T>(byte[] key, Action<T, byte[]> common, Action<T, byte[]> own, T algorithm)
    {
        try
        {
            common(algorithm, key);
        }
        catch (CryptographicException)
        {
            own(algorithm, key);
        }
    }

    /// <summary>The TLS of Windows takes no key that is in memory only.</summary>
    private static X509Certificate2 Persistable(X509Certificate2 pair)
    {
        using (pair)
        {
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static string Text(string what, string option, string path) => Read(what, option, path, File.ReadAllText);

    private static byte[] Bytes(string what, string option, string path) => Read(what, option, path, File.ReadAllBytes);

    private static T Read<T>(string what, string option, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            string reason = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => "this user may not read it",
                _ => OneLine(exception),
            };
            throw Failure(what, option, path, reason, exception);
        }
    }

    private static string OneLine(Exception exception) => exception.Message.ReplaceLineEndings(" ").TrimEnd('.');
}
