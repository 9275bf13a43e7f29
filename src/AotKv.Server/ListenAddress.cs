using System.Globalization;

namespace AotKv.Server;

/// <summary>One place to listen: a host name or address, and a port when it is not the server's.</summary>
/// <param name="Host">A name, an IPv4 or IPv6 address, or <c>*</c> for every address of the machine.</param>
/// <param name="Port">1 to 65535; null for the server's port.</param>
public sealed record ListenAddress(string Host, int? Port)
{
    /// <summary>What stands in front of the address: with TLS or without, and what of clients is asked.</summary>
    public ListenSecurity Security { get; init; }

    /// <summary>What is spoken there; null for what the server speaks.</summary>
    public WireProtocols? Protocols { get; init; }

    /// <summary>Every address of the machine.</summary>
    public const string Any = "*";

    /// <summary>
    /// Reads <c>host</c>, <c>host:port</c>, <c>v6address</c>, <c>[v6address]:port</c> or <c>*</c>, as memcached's <c>-l</c> has them.
    /// </summary>
    /// <param name="text">One address without separators.</param>
    /// <param name="address">The address when the text is one.</param>
    public static bool TryParse(string text, out ListenAddress address)
    {
        address = new(text, null);
        if (text.StartsWith('['))
        {
            int end = text.IndexOf(']', StringComparison.Ordinal);
            return end > 1 && TryPort(text[(end + 1)..], text[1..end], out address);
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        bool isVersion6 = colon >= 0 && text.LastIndexOf(':') != colon;
        return colon < 0 || isVersion6 ? text.Length > 0 : colon > 0 && TryPort(text[colon..], text[..colon], out address);
    }

    /// <summary>The address as it is written on the command line.</summary>
    public override string ToString()
    {
        string host = Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host;
        string prefix = Security switch
        {
            ListenSecurity.Plain => "notls:",
            ListenSecurity.NoClientCertificate => "btls:",
            ListenSecurity.ClientCertificate => "mtls:",
            _ => string.Empty,
        };
        return Port is { } port ? string.Create(CultureInfo.InvariantCulture, $"{prefix}{host}:{port}") : prefix + host;
    }

    private static bool TryPort(string text, string host, out ListenAddress address)
    {
        address = new(host, null);
        if (text.Length == 0)
        {
            return true;
        }

        if (text[0] != ':' || !int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port is < 1 or > 65535)
        {
            return false;
        }

        address = new(host, port);
        return true;
    }
}

/// <summary>Whether the connections of an address are encrypted, and what of clients is asked.</summary>
public enum ListenSecurity
{
    /// <summary>As the server's settings say: TLS when there are certificates.</summary>
    Default,

    /// <summary>No TLS: <c>notls:</c></summary>
    Plain,

    /// <summary>TLS without certificates of clients: <c>btls:</c></summary>
    NoClientCertificate,

    /// <summary>TLS with a valid certificate of each client: <c>mtls:</c></summary>
    ClientCertificate,
}
