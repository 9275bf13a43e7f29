using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>Where to listen: ports, addresses, the unix socket.</summary>
internal sealed partial class CommandLineParser
{
    private const int MaxTagLength = 8;

    private bool _hasPort;

    private void Port(string argument)
    {
        if (!Quantity.TryNumber(argument, out int port) || port is < -1 or > 65535)
        {
            Fail(ExitCode.Usage, $"ERROR: Invalid port number {argument}. Give -p 1 to 65535, or 0 for a free port");
            return;
        }

        _hasPort = true;
        Server = Server with { Port = Math.Max(port, 0), TcpDisabled = port == 0 };
    }

    private void Udp(string argument)
    {
        if (!Quantity.TryNumber(argument, out int port) || port is < -1 or > 65535)
        {
            Fail(ExitCode.Usage, $"-U {argument}: not a UDP port; give 1 to 65535, 0 for none, or -1 for a free port");
            return;
        }

        Server = Server with { UdpPort = port };
    }

    /// <summary>The system takes any backlog: a negative one as its largest.</summary>
    private void Backlog(string argument)
    {
        if (!Quantity.TryNumber(argument, out int backlog))
        {
            Fail(ExitCode.Failure, $"-b {argument}: the listen backlog must be a number");
            return;
        }

        Server = Server with { Backlog = backlog < 0 ? int.MaxValue : Math.Max(backlog, 1) };
    }

    private void Listen(string argument)
    {
        foreach (string text in argument.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string rest = text;
            ListenSecurity security = TakeSecurity(ref rest);
            if (!TakeProtocol(text, ref rest, out WireProtocols? protocols) || !TakeTag(text, ref rest))
            {
                continue;
            }

            if (!ListenAddress.TryParse(rest, out ListenAddress address))
            {
                Fail(ExitCode.System, $"-l {text}: not an address; give HOST, HOST:PORT, [IPV6]:PORT or *");
            }
            else
            {
                address = address with { Security = security, Protocols = protocols };
                if (!_listen.Contains(address))
                {
                    _listen.Add(address);
                }
            }
        }
    }

    private static ListenSecurity TakeSecurity(ref string rest) =>
        TakePrefix(ref rest, "notls:") ? ListenSecurity.Plain
        : TakePrefix(ref rest, "btls:") ? ListenSecurity.NoClientCertificate
        : TakePrefix(ref rest, "mtls:") ? ListenSecurity.ClientCertificate
        : ListenSecurity.Default;

    /// <summary><c>proto[NAME]:</c></summary>
    private bool TakeProtocol(string text, ref string rest, out WireProtocols? protocols)
    {
        protocols = null;
        if (!TakeWord(ref rest, "proto[", ']', out string? name))
        {
            return true;
        }

        switch (name)
        {
            case "ascii":
                protocols = WireProtocols.Text;
                return true;
            case "binary":
                protocols = WireProtocols.Binary;
                return true;
            case "negotiating":
                return true; // what an address without the prefix speaks
            case "proxy":
                Fail(ExitCode.System, $"-l {text}: Server not built with proxy");
                return false;
            default:
                Fail(ExitCode.System, $"-l {text}: Invalid protocol spec; give proto[ascii], proto[binary] or proto[negotiating]");
                return false;
        }
    }

    /// <summary><c>tag[NAME]:</c> or <c>tag_NAME_:</c>, which only memcached's proxy looks at.</summary>
    private bool TakeTag(string text, ref string rest)
    {
        if ((TakeWord(ref rest, "tag[", ']', out string? tag) || TakeWord(ref rest, "tag_", '_', out tag)) && tag?.Length is null or 0 or > MaxTagLength)
        {
            Fail(ExitCode.System, $"-l {text}: Listener tags must be between 1 and {MaxTagLength} characters");
            return false;
        }

        return true;
    }

    private static bool TakePrefix(ref string rest, string prefix)
    {
        bool has = rest.StartsWith(prefix, StringComparison.Ordinal);
        rest = has ? rest[prefix.Length..] : rest;
        return has;
    }

    /// <summary>Takes a prefix with a word in it and the colon behind; the word is null when its end is missing.</summary>
    private static bool TakeWord(ref string rest, string prefix, char end, out string? word)
    {
        word = null;
        if (!TakePrefix(ref rest, prefix))
        {
            return false;
        }

        int at = rest.IndexOf(end, StringComparison.Ordinal);
        if (at >= 0)
        {
            word = rest[..at];
            rest = rest[(at + 1)..];
            TakePrefix(ref rest, ":");
        }

        return true;
    }

    /// <summary>The port that UDP lends TCP, and which of them there are: memcached's rules.</summary>
    private void FinishListening()
    {
        if (Server.UdpPort == 0)
        {
            // Without UDP a server that does not listen to TCP either is of no use: the port is a free one.
            Server = Server with { TcpDisabled = false };
        }
        else if (!_hasPort)
        {
            Server = Server with { Port = Math.Max(Server.UdpPort, 0) };
        }
    }
}
