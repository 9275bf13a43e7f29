using System.Globalization;
using System.Net;

namespace AotKv.Http;

/// <summary>One place where the HTTP door listens.</summary>
/// <param name="Host">An address, <c>localhost</c>, or <c>*</c> for every address of the machine.</param>
/// <param name="Port">1 to 65535; 0 picks a free one.</param>
/// <param name="IsPlain">No TLS here, whatever there is elsewhere.</param>
public sealed record HttpAddress(string Host, int Port, bool IsPlain = false)
{
    private const string PlainPrefix = "notls:";

    /// <summary>Reads, with or without <c>notls:</c> before it, <c>HOST:PORT</c>, <c>[IPV6]:PORT</c>, <c>*:PORT</c>, or <c>PORT</c> alone, which means the loopback address.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">What it says.</param>
    public static bool TryParse(string text, out HttpAddress address)
    {
        ArgumentNullException.ThrowIfNull(text);
        bool isPlain = text.StartsWith(PlainPrefix, StringComparison.Ordinal);
        text = isPlain ? text[PlainPrefix.Length..] : text;
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "127.0.0.1" : text[..colon].Trim('[', ']');
        address = new(host, 0);
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > IPEndPoint.MaxPort)
        {
            return false;
        }

        address = new(host, port, isPlain);
        return host is "*" or "localhost" || IPAddress.TryParse(host, out _);
    }

    /// <summary>The address to bind.</summary>
    public IPEndPoint ToEndPoint() => Host switch
    {
        "*" => new(IPAddress.IPv6Any, Port),
        "localhost" => new(IPAddress.Loopback, Port),
        _ => new(IPAddress.Parse(Host), Port),
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
