using AotKv.Server;
using AotKv.Server.Transport.Tls;

namespace AotKv.CommandLine;

/// <summary>TLS: -Z.</summary>
internal sealed partial class CommandLineParser
{
    private bool _hasTls;

    /// <summary>Reads the certificates, so that a wrong one is known before anything is opened, and while root may still read them.</summary>
    private void FinishTls()
    {
        if (!_hasTls)
        {
            foreach (ListenAddress address in _listen.Where(address => address.Security != ListenSecurity.Default))
            {
                string prefix = address.ToString().Split(':')[0];
                Fail(ExitCode.System, $"-l {address}: '{prefix}' option is valid only when SSL is enabled; give -Z");
            }

            DropSecurity();
            return;
        }

        if (Server.TcpDisabled)
        {
            Fail(ExitCode.Usage, "ERROR: You cannot enable SSL without a TCP port. Give -p a port, or leave -Z out");
            return;
        }

        try
        {
            Server = Server with { Certificates = TlsCertificates.Load(Server.Tls) };
        }
        catch (TlsException exception)
        {
            Fail(ExitCode.Usage, exception.Message);
            DropSecurity();
        }
    }

    /// <summary>Behind a mistake that was named, another one that only follows from it would confuse.</summary>
    private void DropSecurity() =>
        Server = Server with { Listen = [.. _listen.Select(address => address with { Security = ListenSecurity.Default })] };
}
