using AotKv.Server.Transport.Tls;

namespace AotKv.Server.Stats;

/// <summary>The lines of TLS in <c>stats</c> and <c>stats settings</c>: the names and the order of memcached 1.6.45.</summary>
internal static class TlsStats
{
    // memcached shows OpenSSL's flags: ask for a certificate, fail without one, ask only once.
    private static readonly int[] VerifyFlags = [0, 1, 1 | 2, 1 | 2 | 4];

    /// <summary>In the general statistics, when TLS is on.</summary>
    public static void WriteGeneral(ServerState state, StatsWriter stats)
    {
        if (state.Options.Certificates is not { } certificates)
        {
            return;
        }

        if (certificates.Options.ResumesSessions)
        {
            stats.Line("ssl_new_sessions"u8, state.Tls.NewSessions);
        }

        stats.Line("ssl_handshake_errors"u8, state.Tls.HandshakeErrors);
        stats.Line("ssl_proto_errors"u8, state.Tls.ProtocolErrors);
        stats.Line("time_since_server_cert_refresh"u8, (Environment.TickCount64 - certificates.Current.LoadedAtMs) / 1000);
    }

    /// <summary>In the settings, always.</summary>
    public static void WriteSettings(ServerOptions options, StatsWriter stats)
    {
        TlsOptions tls = options.Tls;
        stats.Line("ssl_enabled"u8, options.Certificates != null);
        stats.Line("ssl_chain_cert"u8, tls.ChainPath ?? "(null)");
        stats.Line("ssl_key"u8, tls.KeyPath ?? "(null)");
        stats.Line("ssl_verify_mode"u8, VerifyFlags[(int)tls.VerifyMode]);
        stats.Line("ssl_keyformat"u8, tls.KeyFormat);
        stats.Line("ssl_ciphers"u8, tls.Ciphers ?? "NULL");
        stats.Line("ssl_ca_cert"u8, tls.AuthorityPath ?? "NULL");
        stats.Line("ssl_wbuf_size"u8, tls.WriteBufferBytes);
        stats.Line("ssl_session_cache"u8, tls.ResumesSessions);
        stats.Line("ssl_kernel_tls"u8, tls.KernelOffload);
        stats.Line("ssl_min_version"u8, tls.MinVersion switch
        {
            TlsVersion.Tls10 => "tlsv1.0"u8,
            TlsVersion.Tls11 => "tlsv1.1"u8,
            TlsVersion.Tls12 => "tlsv1.2"u8,
            _ => "tlsv1.3"u8,
        });
    }
}
