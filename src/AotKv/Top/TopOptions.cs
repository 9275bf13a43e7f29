using System.Globalization;
using System.Net;
using System.Net.Sockets;
using AotKv.Server;

namespace AotKv.Top;

/// <summary>What <c>aotkv top</c> was asked for.</summary>
internal sealed record TopOptions
{
    public const string Help = """
        aotkv top: what a server does, once a second; works with memcached too

        Usage: aotkv top [HOST:PORT] [options]

        HOST:PORT                 the memcached port: HOST, HOST:PORT, [IPV6]:PORT, PORT, or the path of a
                                  unix socket (default: 127.0.0.1:11211); without TLS and login
        --interval=SECONDS        time between two looks, 0.1 to 3600 (default: 1)
        --once                    print once, after one interval, and end; so does output that is no terminal
        -h, --help                this text

        q or Ctrl-C ends it. Exit codes: 0 success, 1 no server or no answer, 64 wrong usage.

        """;

    public string Address { get; init; } = "127.0.0.1:11211";

    public double IntervalSeconds { get; init; } = 1;

    public bool IsOnce { get; init; }

    public bool WantsHelp { get; init; }

    /// <summary>Reads the arguments behind <c>top</c>.</summary>
    /// <returns>What is wrong with them; null when nothing is.</returns>
    public static string? Parse(IReadOnlyList<string> arguments, out TopOptions options)
    {
        options = new();
        bool hasAddress = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string? value = argument.StartsWith("--interval=", StringComparison.Ordinal) ? argument["--interval=".Length..]
                : argument == "--interval" && i + 1 < arguments.Count ? arguments[++i] : null;
            if (value != null)
            {
                if (!double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) || seconds is < 0.1 or > 3600)
                {
                    return $"--interval {value}: give 0.1 to 3600 seconds";
                }

                options = options with { IntervalSeconds = seconds };
            }
            else if (argument == "--once")
            {
                options = options with { IsOnce = true };
            }
            else if (argument is "-h" or "--help")
            {
                options = options with { WantsHelp = true };
            }
            else if (argument.StartsWith('-') || hasAddress)
            {
                return $"{argument}: not known; 'aotkv top --help' lists what is";
            }
            else
            {
                hasAddress = true;
                options = options with { Address = argument };
                if (!TryEndPoint(argument, out _))
                {
                    return $"{argument}: not an address; give HOST:PORT, [IPV6]:PORT or the path of a unix socket";
                }
            }
        }

        return null;
    }

    /// <summary>Where to connect to.</summary>
    public EndPoint EndPoint => TryEndPoint(Address, out EndPoint? endPoint) ? endPoint! : throw new InvalidOperationException("the address was checked");

    private static bool TryEndPoint(string text, out EndPoint? endPoint)
    {
        endPoint = null;
        if (text.StartsWith('/'))
        {
            endPoint = new UnixDomainSocketEndPoint(text);
            return true;
        }

        string host = text;
        int port = ServerOptions.DefaultPort;
        int colon = text.LastIndexOf(':');
        bool isBareIPv6 = colon >= 0 && text.IndexOf(':', StringComparison.Ordinal) != colon && !text.StartsWith('[');
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
        {
            (host, text, colon) = ("127.0.0.1", ":" + text, 0);
        }
        else if (colon >= 0 && !isBareIPv6 && !text.EndsWith(']'))
        {
            host = text[..colon];
        }
        else
        {
            colon = -1;
        }

        host = host.Trim('[', ']');
        if (host.Length == 0
            || (colon >= 0 && !(int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= IPEndPoint.MaxPort)))
        {
            return false;
        }

        endPoint = IPAddress.TryParse(host, out IPAddress? address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port);
        return true;
    }
}
