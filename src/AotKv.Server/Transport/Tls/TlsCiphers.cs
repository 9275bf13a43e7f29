using System.Net.Security;

namespace AotKv.Server.Transport.Tls;

/// <summary>Turns OpenSSL's notation for cipher suites into the framework's.</summary>
internal static class TlsCiphers
{
    /// <exception cref="TlsException">The list names no suite, or the system has no OpenSSL to ask.</exception>
    public static CipherSuitesPolicy Parse(string list)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new TlsException($"Error setting the provided cipher(s): -o ssl_ciphers={list}: this system chooses its ciphers itself; leave the option out");
        }

        IReadOnlyList<TlsCipherSuite>? suites = OpenSslCiphers.Expand(list, out string reason);
        return suites == null
            ? throw new TlsException($"Error setting the provided cipher(s): -o ssl_ciphers={list}: {reason}")
            : new CipherSuitesPolicy(suites);
    }
}
