using AotKv.Server;
using AotKv.Server.Auth;

namespace AotKv.CommandLine;

/// <summary>Protocols and logins: -B, -S and -Y.</summary>
internal sealed partial class CommandLineParser
{
    /// <summary>Where memcached's SASL password database is, when it was built with one.</summary>
    private const string SaslDatabaseVariable = "MEMCACHED_SASL_PWDB";

    private bool _hasProtocol;
    private bool _hasSasl;
    private string? _passwordPath;

    private void Protocol(string argument)
    {
        WireProtocols? protocols = argument switch
        {
            "auto" => WireProtocols.Any,
            "ascii" => WireProtocols.Text,
            "binary" => WireProtocols.Binary,
            _ => null,
        };
        if (protocols == null)
        {
            Fail(ExitCode.Usage, $"Invalid value for binding protocol: {argument} -- should be one of auto, binary, or ascii");
            return;
        }

        _hasProtocol = true;
        Server = Server with { Protocols = protocols.Value };
    }

    /// <summary>
    /// As in memcached -S means the binary protocol alone and -Y the text protocol alone. Together they mean both, with one password file.
    /// </summary>
    private void FinishLogins()
    {
        if (!_hasSasl && _passwordPath == null)
        {
            return;
        }

        if (Server.UdpPort != 0)
        {
            Fail(ExitCode.Usage, "ERROR: UDP has no logins: leave -U out, or -S and -Y");
        }

        if (_hasSasl != (_passwordPath != null))
        {
            WireProtocols only = _hasSasl ? WireProtocols.Binary : WireProtocols.Text;
            if (_hasProtocol && Server.Protocols != only)
            {
                Fail(ExitCode.Usage, _hasSasl
                    ? "ERROR: You cannot allow the ASCII protocol while using SASL. Give -B binary, or a password file for it with -Y"
                    : "ERROR: You cannot allow the BINARY protocol while using ascii authentication tokens. Give -B ascii, or -S, too");
            }

            Server = Server with { Protocols = only };
        }

        string? path = _passwordPath ?? Environment.GetEnvironmentVariable(SaslDatabaseVariable);
        if (string.IsNullOrEmpty(path))
        {
            Fail(ExitCode.Usage, $"-S: where are the passwords? Give -Y FILE with lines of name:password, or set {SaslDatabaseVariable}");
            return;
        }

        try
        {
            PasswordFile logins = PasswordFile.Load(path, _passwordPath != null ? PasswordFormat.Plain : PasswordFormat.SaslDatabase);
            Server = Server with { SaslLogins = _hasSasl ? logins : null, TextLogins = _passwordPath != null ? logins : null };
        }
        catch (PasswordFileException exception)
        {
            Fail(ExitCode.Failure, $"password file {exception.Message}");
        }
    }
}
