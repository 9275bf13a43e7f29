using AotKv.CommandLine;
using AotKv.Engine;
using AotKv.Server;

namespace AotKv.Tests;

public sealed class CommandLineParserTests
{
    [Fact]
    public void Parse_nothing_gives_memcached_defaults()
    {
        LaunchOptions options = Good(string.Empty);
        Assert.Equal(LaunchAction.Serve, options.Action);
        Assert.Equal(11211, options.Server.Port);
        Assert.Equal(64L << 20, options.Store.MemoryLimitBytes);
        Assert.Equal(1L << 20, options.Store.MaxItemBytes);
        Assert.Equal(59, options.Store.ItemOverheadBytes);
        Assert.Equal(1024, options.Server.MaxConnections);
        Assert.Equal(20, options.Server.RequestsPerEvent);
        Assert.Equal(1024, options.Server.Backlog);
        Assert.Empty(options.Server.Listen);
        Assert.False(options.Daemon);
    }

    [Fact]
    public void Parse_every_option_sets_its_value()
    {
        LaunchOptions options = Good(
            "-p 5 -m 128 -c 10 -t 3 -I 2m -M -vv -R 7 -b 9 -U 0 -F -A -d -u nobody -P pid -s sock -a 770 -l 127.0.0.1,[::1]:6 -l localhost");
        ServerOptions server = options.Server;
        Assert.Equal((5, 10, 3, 2, 7, 9), (server.Port, server.MaxConnections, server.Threads, server.Verbosity, server.RequestsPerEvent, server.Backlog));
        Assert.True(server.FlushDisabled && server.ShutdownEnabled && options.Daemon && options.Store.EvictionDisabled);
        Assert.Equal((128L << 20, 2L << 20), (options.Store.MemoryLimitBytes, options.Store.MaxItemBytes));
        Assert.Equal(("nobody", Path.GetFullPath("pid"), Path.GetFullPath("sock"), 504), (options.User, options.PidFile, server.UnixSocketPath, server.UnixSocketMode));
        Assert.Equal([new("127.0.0.1", null), new("::1", 6), new("localhost", null)], server.Listen);
    }

    [Fact]
    public void Parse_http_options_set_their_values()
    {
        Assert.Null(Good("-p 5").Http);
        LaunchOptions options = Good(
            "--http 127.0.0.1:80,*:0 --http=notls:[::1]:81 --http-limits=body=1m,requests=7,rate=9,stall=2 --http-log - --http-cors https://a.example,http://b.example:3000 -I 2m");
        Assert.Equal([new("127.0.0.1", 80), new("*", 0), new("::1", 81, IsPlain: true)], options.Http!.Listen);
        Assert.Equal((1L << 20, 7, 9, 2), (options.Http.Limits.BodyBytes, options.Http.Limits.Requests, options.Http.Limits.RequestsPerSecond, options.Http.Limits.StallSeconds));
        Assert.Equal(("-", 2L << 20, true, true), (options.Http.AccessLog, options.Http.MaxItemBytes, options.Http.HasFeed, options.Store.KeepsFeed));
        Assert.Equal(["https://a.example", "http://b.example:3000"], options.Http.CorsOrigins);
        Assert.False(Good("--http 8080 --http-feed=off").Store.KeepsFeed);
    }

    [Theory]
    [InlineData("--http example.org:80", "not an address")]
    [InlineData("--http 1 --http-limits=requests", "NAME=NUMBER")]
    [InlineData("--http 1 --http-limits=speed=9", "the limits are")]
    [InlineData("--http 1 --http-limits=requests=0", "1 to 65536")]
    [InlineData("--http 1 --http-cors=example.org", "not an origin")]
    [InlineData("--http 1 --http-cors=https://example.org/", "not an origin")]
    [InlineData("--http 1 --http-feed=maybe", "on or off")]
    [InlineData("--http-log=-", "needs --http")]
    [InlineData("--http 1 --http-tokens=no-such-file", "no-such-file")]
    public void Parse_bad_http_is_refused_with_what_to_do(string line, string message)
    {
        IReadOnlyList<Mistake> mistakes = CommandLineParser.Parse(line.Split(' '), out _);
        Assert.Contains(message, Assert.Single(mistakes).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-m 100", 100L << 20)]
    [InlineData("-m 100m", 100L << 20)]
    [InlineData("-m 2g", 2L << 30)]
    [InlineData("-m 8192k", 8L << 20)]
    [InlineData("-m 64 -m 65", 65L << 20)]
    public void Parse_memory_counts_megabytes_or_the_unit_given(string line, long bytes) => Assert.Equal(bytes, Good(line).Store.MemoryLimitBytes);

    [Theory]
    [InlineData("-I 2048", 2048)]
    [InlineData("-I 4k", 4096)]
    [InlineData("-I 4K", 4096)]
    [InlineData("-I 3M", 3 << 20)]
    [InlineData("-m 4g -I 1g", 1 << 30)]
    public void Parse_item_size_counts_bytes_or_the_unit_given(string line, long bytes) => Assert.Equal(bytes, Good(line).Store.MaxItemBytes);

    [Theory]
    [InlineData("--data-dir d", "d", SyncMode.Interval, 1000)]
    [InlineData("--data-dir=d --fsync=always", "d", SyncMode.Always, 1000)]
    [InlineData("--fsync never --data-dir d", "d", SyncMode.Never, 1000)]
    [InlineData("--data-dir d --fsync 50", "d", SyncMode.Interval, 50)]
    [InlineData("-e f", "f.aotkv", SyncMode.Never, 1000)]
    [InlineData("-e f --fsync 7", "f.aotkv", SyncMode.Interval, 7)]
    public void Parse_durability_says_where_and_when(string line, string directory, SyncMode mode, int milliseconds)
    {
        StoreOptions store = Good(line).Store;
        Assert.Equal((Path.GetFullPath(directory), mode, milliseconds), (store.DataDirectory, store.SyncMode, store.SyncIntervalMilliseconds));
    }

    [Theory]
    [InlineData("auto", TransportKind.Platform)]
    [InlineData("pipelines", TransportKind.Pipelines)]
    public void Parse_transport_sets_it(string name, TransportKind kind) => Assert.Equal(kind, Good("--transport=" + name).Server.Transport);

    [Fact]
    public void Parse_dead_space_sets_percent() => Assert.Equal(25, Good("--dead-space=25").Store.DeadSpacePercent);

    [Theory]
    [InlineData("--data-dir d --fsync 0", "--fsync 0: give always, never, or milliseconds from 1 to 3600000")]
    [InlineData("--data-dir d --fsync sometimes", "--fsync sometimes: give always")]
    [InlineData("--fsync always", "--fsync needs --data-dir DIR")]
    [InlineData("--transport quic", "--transport quic: give auto, epoll or pipelines")]
    [InlineData("--data-dir d --dead-space 5", "--dead-space 5: give percent of what lives, from 10 to 1000")]
    [InlineData("--repair", "--repair needs --data-dir DIR")]
    [InlineData("--data-dir= -p 5", "--data-dir: the path of the directory is empty")]
    [InlineData("--data-dir d -e f", "-e/--memory-file and --data-dir both say where")]
    public void Parse_bad_durability_is_refused_with_what_to_do(string line, string message)
    {
        Mistake mistake = Assert.Single(CommandLineParser.Parse(line.Split(' '), out _));
        Assert.Equal(64, mistake.ExitCode);
        Assert.StartsWith(message, mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-p 0", 0)]
    [InlineData("-p -1", 0)]
    [InlineData("-p 65535", 65535)]
    public void Parse_port_zero_or_minus_one_is_a_free_one(string line, int port) => Assert.Equal(port, Good(line).Server.Port);

    [Theory]
    [InlineData("-h -p x", LaunchAction.Help)]
    [InlineData("--version", LaunchAction.Version)]
    [InlineData("-i", LaunchAction.License)]
    public void Parse_a_question_is_answered_at_once(string line, object action) => Assert.Equal(action, Good(line).Action);

    [Theory]
    [InlineData("-c 0", 1, "Maximum connections must be greater than 0, not -c 0")]
    [InlineData("-c abc", 1, "Maximum connections must be greater than 0, not -c abc")]
    [InlineData("-c 9999999", 1, "Maximum connections must be at most 1048576, not -c 9999999")]
    [InlineData("-t -1", 1, "Number of threads must be greater than 0, not -t -1")]
    [InlineData("-R 0", 1, "Number of requests per event must be greater than 0, not -R 0")]
    [InlineData("-b x", 1, "-b x: the listen backlog must be a number")]
    [InlineData("-p 65536", 64, "ERROR: Invalid port number 65536.")]
    [InlineData("-p http", 64, "ERROR: Invalid port number http.")]
    [InlineData("-p -2", 64, "ERROR: Invalid port number -2.")]
    [InlineData("-m 0", 64, "-m 0: the memory limit must be")]
    [InlineData("-m -5", 64, "-m -5: the memory limit must be")]
    [InlineData("-m lots", 64, "-m lots: the memory limit must be")]
    [InlineData("-m 99999999999g", 64, "-m 99999999999g: the memory limit must be")]
    [InlineData("-m 1", 64, "Cannot set item size limit higher than 1/2 of memory max. Give -m 2 or more")]
    [InlineData("-I 1000", 64, "Item max size cannot be less than 1024 bytes.")]
    [InlineData("-I -1k", 64, "Item max size cannot be less than 1024 bytes.")]
    [InlineData("-I 256m", 64, "Cannot set item size limit higher than 1/2 of memory max. Give -m 512 or more")]
    [InlineData("-m 8g -I 2g", 64, "Cannot set item size limit higher than a gigabyte.")]
    [InlineData("-I huge", 64, "-I huge: not a size")]
    [InlineData("-a 8", 64, "-a 8: not octal permissions")]
    [InlineData("-a 1777", 64, "-a 1777: not octal permissions")]
    [InlineData("-U 65536", 64, "-U 65536: not a UDP port")]
    [InlineData("-U off", 64, "-U off: not a UDP port")]
    [InlineData("-B http", 64, "Invalid value for binding protocol: http -- should be one of auto, binary, or ascii")]
    [InlineData("-Y /nowhere/passwords", 1, "password file /nowhere/passwords: Could not find a part of the path '/nowhere/passwords'.")]
    [InlineData("-Z", 64, "Error loading the certificate chain: give -o ssl_chain_cert=FILE and -o ssl_key=FILE with -Z")]
    [InlineData("-Z -o ssl_chain_cert=/no/such.pem", 64, "Error loading the certificate chain: -o ssl_chain_cert=/no/such.pem: there is no such file")]
    [InlineData("-Z -p 0 -U 11211", 64, "ERROR: You cannot enable SSL without a TCP port. Give -p a port, or leave -Z out")]
    [InlineData("-o ssl_chain_cert", 1, "-o ssl_chain_cert: Missing ssl_chain_cert argument; give the path of a PEM file")]
    [InlineData("-o ssl_key=", 1, "-o ssl_key=: give the path of a file")]
    [InlineData("-o ssl_verify_mode=4", 1, "-o ssl_verify_mode=4: give 0 to 3: none, request, require, once")]
    [InlineData("-o ssl_verify_mode=x", 1, "-o ssl_verify_mode=x: give 0 to 3: none, request, require, once")]
    [InlineData("-o ssl_keyformat=3", 1, "-o ssl_keyformat=3: give 1 to 2: PEM, DER")]
    [InlineData("-o ssl_wbuf_size=0", 1, "-o ssl_wbuf_size=0: give 1 to 1048576 kilobytes")]
    [InlineData("-o ssl_min_version=4", 1, "-o ssl_min_version=4: give 0 to 3: TLS 1.0, 1.1, 1.2, 1.3")]
    [InlineData("-l mtls:127.0.0.1:5", 71, "-l mtls:127.0.0.1:5: 'mtls' option is valid only when SSL is enabled")]
    [InlineData("-f 1", 1, "Factor must be greater than 1, not -f 1")]
    [InlineData("-f x", 1, "Factor must be greater than 1, not -f x")]
    [InlineData("-n 0", 1, "Chunk size must be greater than 0, not -n 0")]
    [InlineData("-N 0", 1, "Maximum number of NAPI IDs must be greater than 0")]
    [InlineData("-t 2 -N 3", 64, "Number of napi_ids(3) cannot be greater than number of threads(2)")]
    [InlineData("--stat-key-prefix=", 1, "-D: No delimiter specified")]
    [InlineData("--memcached-conf /nonexistent/file", 1, "--memcached-conf /nonexistent/file: ")]
    [InlineData("-l :5", 71, "-l :5: not an address")]
    [InlineData("-l notls:127.0.0.1", 71, "-l notls:127.0.0.1: 'notls' option is valid only when SSL is enabled")]
    [InlineData("-l proto[ascii", 71, "-l proto[ascii: Invalid protocol spec")]
    [InlineData("-l proto[http]:127.0.0.1", 71, "-l proto[http]:127.0.0.1: Invalid protocol spec")]
    [InlineData("-l proto[proxy]:127.0.0.1", 71, "-l proto[proxy]:127.0.0.1: Server not built with proxy")]
    [InlineData("-l tag[123456789]:127.0.0.1", 71, "-l tag[123456789]:127.0.0.1: Listener tags must be between 1 and 8")]
    [InlineData("-l tag_:127.0.0.1", 71, "-l tag_:127.0.0.1: Listener tags must be between 1 and 8")]
    [InlineData("--nope", 1, "unknown option '--nope'; 'aotkv -h' lists the options")]
    [InlineData("extra", 1, "unexpected argument 'extra'; 'aotkv -h' lists the options")]
    public void Parse_mistake_is_named_with_memcached_exit_code(string line, int exitCode, string message)
    {
        Mistake mistake = Assert.Single(CommandLineParser.Parse(line.Split(' '), out _));
        Assert.Equal(exitCode, mistake.ExitCode);
        Assert.StartsWith(message, mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Fact]
    public void Parse_several_mistakes_names_them_all() =>
        Assert.Equal(3, CommandLineParser.Parse(["-c", "0", "--nope", "-m", "x"], out _).Count);

    [Fact]
    public void Help_names_every_served_option_and_no_other()
    {
        foreach (OptionSpec option in OptionTable.All)
        {
            bool isDocumented = option.Refusal == null && option.Letter != OptionSpec.DebugCommands;
            string shown = char.IsAscii(option.Letter) ? $"-{option.Letter}, --{option.Name}" : $"--{option.Name}";
            Assert.True(isDocumented == Texts.Help.Contains(shown, StringComparison.Ordinal), shown);
        }
    }

    [Fact]
    public void Parse_listen_takes_memcached_prefixes_off_and_drops_repeats()
    {
        LaunchOptions options = Good("-l proto[ascii]:tag[one]:127.0.0.1:5,tag_two_:[::1]:6;proto[negotiating]:localhost -l localhost");
        Assert.Equal(
            [new("127.0.0.1", 5) { Protocols = WireProtocols.Text }, new("::1", 6), new("localhost", null)], options.Server.Listen);
    }

    [Fact]
    public void Parse_switches_of_the_system_and_of_commands_are_kept()
    {
        LaunchOptions options = Good("-k -r -L -C -X -W -D_ --debug-commands");
        Assert.True(options.LocksMemory && options.DumpsCore && options.Store.LargePages);
        Assert.True(options.Server is { CasDisabled: true, DumpDisabled: true, WatchDisabled: true, DebugCommands: true, DetailEnabled: true });
        Assert.Equal('_', options.Server.PrefixDelimiter);
    }

    [Theory]
    [InlineData("-U 5", 5, 5, false)]
    [InlineData("-U 5 -p 6", 6, 5, false)]
    [InlineData("-U 5 -p 0", 0, 5, true)]
    [InlineData("-U -1", 0, -1, false)]
    [InlineData("-p 0", 0, 0, false)]
    [InlineData("-U 0", 11211, 0, false)]
    public void Parse_udp_port_lends_tcp_its_number(string line, int port, int udp, bool tcpDisabled)
    {
        ServerOptions server = Good(line).Server;
        Assert.Equal((port, udp, tcpDisabled), (server.Port, server.UdpPort, server.TcpDisabled));
    }

    [Theory]
    [InlineData("-b 0", 1)]
    [InlineData("-b -7", int.MaxValue)]
    [InlineData("-b 8675", 8675)]
    public void Parse_backlog_is_any_number(string line, int backlog) => Assert.Equal(backlog, Good(line).Server.Backlog);

    private static LaunchOptions Good(string line)
    {
        IReadOnlyList<Mistake> mistakes = CommandLineParser.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out LaunchOptions options);
        Assert.Empty(mistakes);
        return options;
    }
}
