using AotKv.Server.Transport.Tls;

namespace AotKv.CommandLine;

/// <summary>The options of TLS behind <c>-o</c>. Without <c>-Z</c> they are checked and kept, and do nothing, as in memcached.</summary>
internal static class TlsSubOptions
{
    public static IReadOnlyList<SubOption> All { get; } =
    [
        Text("ssl_chain_cert", "the path of a PEM file", (tls, path) => tls with { ChainPath = Path.GetFullPath(path) }),
        Text("ssl_key", "the path of a file", (tls, path) => tls with { KeyPath = Path.GetFullPath(path) }),
        Whole("ssl_verify_mode", 0, 3, (tls, n) => tls with { VerifyMode = (TlsVerifyMode)n }, ": none, request, require, once"),
        Whole("ssl_keyformat", TlsOptions.KeyFormatPem, TlsOptions.KeyFormatDer, (tls, n) => tls with { KeyFormat = (int)n }, ": PEM, DER"),
        Text("ssl_ciphers", "a list of ciphers as OpenSSL has it, with colons", (tls, list) => tls with { Ciphers = list }),
        Text("ssl_ca_cert", "the path of a PEM file", (tls, path) => tls with { AuthorityPath = Path.GetFullPath(path) }),
        Whole("ssl_wbuf_size", 1, 1 << 20, (tls, n) => tls with { WriteBufferBytes = (int)(n << 10) }, " kilobytes"),
        Switch("ssl_session_cache", tls => tls with { ResumesSessions = true }),
        Switch("ssl_kernel_tls", tls => tls with { KernelOffload = true }),
        Whole("ssl_min_version", 0, 3, (tls, n) => tls with { MinVersion = (TlsVersion)n }, ": TLS 1.0, 1.1, 1.2, 1.3"),
    ];

    private static SubOption Switch(string name, Func<TlsOptions, TlsOptions> set) =>
        SubOption.Switch(name, options => options with { Tls = set(options.Tls) });

    private static SubOption Text(string name, string expected, Func<TlsOptions, string, TlsOptions> set) =>
        new(name, ArgumentKind.Required, (options, value) => value.Length == 0 ? null : options with { Tls = set(options.Tls, value) }, expected);

    private static SubOption Whole(string name, long least, long most, Func<TlsOptions, long, TlsOptions> set, string unit) =>
        SubOption.Whole(name, least, most, (options, n) => options with { Tls = set(options.Tls, n) }, unit);
}
