using AotKv.Engine;
using AotKv.Http;
using AotKv.Http.Security;

namespace AotKv.CommandLine;

/// <summary>The HTTP door.</summary>
internal sealed partial class CommandLineParser
{
    private readonly List<HttpAddress> _http = [];
    private HttpLimits _httpLimits = new();
    private string? _httpLog;
    private string[] _httpOrigins = [];
    private TokenFile? _httpTokens;
    private Uri? _otlp;
    private char? _httpOption;
    private bool _httpFeed = true;

    private bool ApplyHttp(char letter, string argument)
    {
        if (letter is < OptionSpec.Http or > OptionSpec.HttpLast)
        {
            return false;
        }

        _httpOption = letter == OptionSpec.Http ? _httpOption : letter;
        switch (letter)
        {
            case OptionSpec.Http:
                HttpListen(argument);
                break;
            case OptionSpec.HttpTokens:
                LoadTokens(argument);
                break;
            case OptionSpec.HttpLimits:
                SetHttpLimits(argument);
                break;
            case OptionSpec.HttpLog:
                _httpLog = argument.Length == 0 || argument == "-" ? "-" : Path.GetFullPath(argument);
                break;
            case OptionSpec.Otlp:
                Export(argument);
                break;
            case OptionSpec.HttpCors:
                HttpOrigins(argument);
                break;
            default:
                _httpFeed = argument == "on";
                if (argument is not ("on" or "off"))
                {
                    Fail(ExitCode.Usage, $"--http-feed {argument}: give on or off");
                }

                break;
        }

        return true;
    }

    private void LoadTokens(string path)
    {
        try
        {
            _httpTokens = TokenFile.Load(path);
        }
        catch (TokenFileException exception)
        {
            Fail(ExitCode.Failure, $"--http-tokens {exception.Message}");
        }
    }

    private void Export(string argument)
    {
        if (!Uri.TryCreate(argument, UriKind.Absolute, out _otlp) || _otlp.Scheme is not ("http" or "https"))
        {
            Fail(ExitCode.Usage, $"--otlp {argument}: not an address; give for instance http://localhost:4318");
        }
    }

    private void HttpListen(string argument)
    {
        foreach (string text in argument.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (HttpAddress.TryParse(text, out HttpAddress address))
            {
                _http.Add(address);
            }
            else
            {
                Fail(ExitCode.Usage, $"--http {text}: not an address; give HOST:PORT, [IPV6]:PORT or *:PORT, HOST being an address or localhost");
            }
        }
    }

    private void HttpOrigins(string argument)
    {
        _httpOrigins = argument.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string origin in _httpOrigins)
        {
            if (!Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/" || origin.EndsWith('/'))
            {
                Fail(ExitCode.Usage, $"--http-cors {origin}: not an origin; give for instance https://example.org or http://localhost:3000");
            }
        }
    }

    private void SetHttpLimits(string argument)
    {
        foreach (string part in argument.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? part : part[..equals];
            if (equals < 0 || !Quantity.TrySize(part[(equals + 1)..], 1, out long number))
            {
                Fail(ExitCode.Usage, $"--http-limits {part}: give NAME=NUMBER");
                continue;
            }

            int whole = (int)Math.Min(number, int.MaxValue);
            HttpLimits? limits = name switch
            {
                "body" => _httpLimits with { BodyBytes = number },
                "buffer" => _httpLimits with { BufferBytes = number },
                "requests" => _httpLimits with { Requests = whole },
                "connections" => _httpLimits with { Connections = whole },
                "streams" => _httpLimits with { Streams = whole },
                "rate" => _httpLimits with { RequestsPerSecond = whole },
                "headers" => _httpLimits with { HeaderBytes = whole },
                "stall" => _httpLimits with { StallSeconds = whole },
                _ => null,
            };
            if (limits == null)
            {
                Fail(ExitCode.Usage, $"--http-limits {name}: the limits are body, buffer, requests, connections, streams, rate, headers and stall");
            }

            _httpLimits = limits ?? _httpLimits;
        }
    }

    private void FinishHttp()
    {
        if (_http.Count == 0)
        {
            if (_httpOption is { } option)
            {
                Fail(ExitCode.Usage, $"--{OptionTable.All.First(spec => spec.Letter == option).Name} needs --http HOST:PORT");
            }

            return;
        }

        // Readers of the feed need every change in the log.
        Store = Store with { KeepsFeed = _httpFeed };
        HttpOptions http = new()
        {
            Listen = _http,
            Limits = _httpLimits,
            Tokens = _httpTokens,
            Tls = Server.Certificates is { } certificates ? certificates.Handshake : null,
            AccessLog = _httpLog,
            Otlp = _otlp,
            DataDirectory = Store.DataDirectory,
            CorsOrigins = _httpOrigins,
            HasFeed = _httpFeed,
            MaxItemBytes = Store.MaxItemBytes,
            HoldsReplies = Store is { DataDirectory: not null, SyncMode: SyncMode.Always },
        };
        foreach (string mistake in http.Check())
        {
            Fail(ExitCode.Usage, mistake);
        }

        _options = _options with { Http = http };
    }
}
