using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AotKv.Engine;
using AotKv.Engine.Measure;
using AotKv.Server;
using AotKv.Top;

namespace AotKv.Tests;

public sealed class TopTests
{
    [Theory]
    [InlineData("11311", "127.0.0.1:11311")]
    [InlineData("127.0.0.2", "127.0.0.2:11211")]
    [InlineData("127.0.0.2:5", "127.0.0.2:5")]
    [InlineData("[::1]:7", "[::1]:7")]
    [InlineData("[::1]", "[::1]:11211")]
    [InlineData("::1", "[::1]:11211")]
    [InlineData("cache.example:12", "Unspecified/cache.example:12")]
    [InlineData("/run/kv.sock", "/run/kv.sock")]
    public void Address_is_read(string given, string meant)
    {
        Assert.Null(TopOptions.Parse([given], out TopOptions options));
        Assert.Equal(meant, options.EndPoint.ToString());
    }

    [Theory]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:x")]
    [InlineData(":5")]
    [InlineData("--twice")]
    [InlineData("--interval=0")]
    [InlineData("--interval=soon")]
    [InlineData("a", "b")]
    public void Mistake_is_named(params string[] arguments) =>
        Assert.Contains(arguments[^1].Split('=')[0], TopOptions.Parse(arguments, out _), StringComparison.Ordinal);

    [Fact]
    public void Options_are_read()
    {
        Assert.Null(TopOptions.Parse(["--once", "--interval", "0.5", "host:1"], out TopOptions options));
        Assert.Equal((true, 0.5, "host:1"), (options.IsOnce, options.IntervalSeconds, options.Address));
    }

    [Fact]
    public void View_of_two_looks_says_what_happened_between_them()
    {
        StatsSample before = Sample(0, ("get_hits", 1000), ("get_misses", 100), ("cmd_set", 50));
        StatsSample now = Sample(2, ("get_hits", 2800), ("get_misses", 300), ("cmd_set", 90), ("uptime", 93_780), ("curr_items", 12_345_678),
            ("bytes", 30 << 20), ("hash_bytes", 2 << 20), ("limit_maxbytes", 64 << 20), ("evictions", 6), ("curr_connections", 12), ("max_connections", 1024),
            ("bytes_written", 4 << 20), ("rusage_user", 1), ("threads", 4));
        string all = string.Join('\n', TopView.Lines("here:1", before, now));
        Assert.StartsWith("memcached 1.6.45 at here:1, up 1 d 2 h\n", all, StringComparison.Ordinal);
        Assert.Contains("Requests/s         1,020  get 1,000  set 20  other 0\n", all, StringComparison.Ordinal);
        Assert.Contains("Hit ratio         90.0 %  since the start 90.3 %\n", all, StringComparison.Ordinal);
        Assert.Contains("Answered               -  own round trip 150 us; more with --http at the server\n", all, StringComparison.Ordinal);
        Assert.Contains("Items             12.3 M  written/s 0\n", all, StringComparison.Ordinal);
        Assert.Contains("Memory          32.0 MiB  [############............] of 64.0 MiB\n", all, StringComparison.Ordinal);
        Assert.Contains("Evicted/s              3  ", all, StringComparison.Ordinal);
        Assert.Contains("Connections           12  of 1,024", all, StringComparison.Ordinal);
        Assert.Contains("Network            0 B/s  received, and 2.0 MiB/s sent\n", all, StringComparison.Ordinal);
        Assert.Contains("Processor         50.0 %  of a core  4 threads", all, StringComparison.Ordinal);
        Assert.All(all, letter => Assert.True(char.IsAscii(letter)));
    }

    [Fact]
    public void View_of_a_server_that_measures_has_percentiles_of_the_time_between()
    {
        long[] past = new long[TimeHistogram.BucketCount];
        past[TimeHistogram.BucketOf(10_000_000)] = 1_000_000;
        long[] later = [.. past];
        later[TimeHistogram.BucketOf(20_000)] += 98;
        later[TimeHistogram.BucketOf(5_000_000)] += 2;
        StatsSample before = With(past, 0);
        StatsSample now = With(later, 1);
        Assert.InRange(now.AnsweredWithin(0.5, before)!.Value, 15e-6, 21e-6);
        Assert.InRange(now.AnsweredWithin(0.99, before)!.Value, 4e-3, 6e-3);
        Assert.Null(now.AnsweredWithin(0.5, now));

        static StatsSample With(long[] counts, int at) => new(at * Stopwatch.Frequency, default, new Dictionary<string, string> { ["batch_times"] = string.Join(',', counts) });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Once_prints_what_a_busy_server_does(bool measures)
    {
        StoreOptions options = new() { ItemOverheadBytes = 59 };
        using Store store = new(options);
        using KvServer server = KvServer.Start(new ServerOptions { Port = 0, Measures = measures }, options, store, new ServerLog(Stream.Null));
        using CancellationTokenSource enough = new();
        Task load = Task.Run(() => Load((IPEndPoint)server.EndPoints[0], enough.Token), TestContext.Current.CancellationToken);
        while (store.Statistics().Items == 0)
        {
            Thread.Yield();
        }

        (int code, string output, string errors) = Run(server.EndPoints[0].ToString()!, "--interval=0.5", "--once");
        await enough.CancelAsync();
        await load;
        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith($"aotkv 0.1.0 at {server.EndPoints[0]}, up ", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  Requests/s  +[1-9][\d,]*(\.\d)?  get [1-9][\d,]*  set [1-9]", output);
        Assert.Matches(@"(?m)^  Hit ratio  +100\.0 %  since the start 100\.0 %$", output);
        Assert.Matches(measures ? @"(?m)^  Answered  +[\d.]+ \w+  99 % within; half within [\d.]+ \w+; own round trip " : "(?m)^  Answered  +-  own round trip ", output);
        Assert.Contains("Disk                none  items are in memory only", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Fact]
    public void Once_without_a_server_says_where_it_looked()
    {
        using Socket bound = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // nobody listens there, and nobody else can
        int port = ((IPEndPoint)bound.LocalEndPoint!).Port;
        (int code, string output, string errors) = Run($"127.0.0.1:{port}");
        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"top: cannot connect to 127.0.0.1:{port}: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_at_something_else_says_that_it_is_no_memcached()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        Task answer = Task.Run(
            () =>
            {
                using TcpClient client = other.AcceptTcpClient();
                client.GetStream().Write("SSH-2.0-OpenSSH\r\n"u8);
                _ = client.GetStream().Read(new byte[100]);
            },
            TestContext.Current.CancellationToken);
        (int code, _, string errors) = Run(other.LocalEndpoint.ToString()!);
        await answer;
        Assert.Equal(1, code);
        Assert.Contains("is no memcached: it answered 'SSH-2.0-OpenSSH'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_at_something_that_only_closes_asks_whether_it_speaks_tls()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        Task answer = Task.Run(
            () =>
            {
                using TcpClient client = other.AcceptTcpClient();
                _ = client.GetStream().Read(new byte[100]);
            },
            TestContext.Current.CancellationToken);
        (int code, _, string errors) = Run(other.LocalEndpoint.ToString()!);
        await answer;
        Assert.Equal(1, code);
        Assert.Contains("does it speak TLS?", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_usage_is_told()
    {
        (int code, string output, string errors) = Run("--often");
        Assert.Equal((64, ""), (code, output));
        Assert.Contains("top: --often: not known", errors, StringComparison.Ordinal);
    }

    private static StatsSample Sample(double seconds, params (string Name, double Value)[] figures) => new(
        (long)(seconds * Stopwatch.Frequency), TimeSpan.FromMicroseconds(150),
        figures.Select(figure => (figure.Name, Value: figure.Value.ToString(CultureInfo.InvariantCulture))).Append(("version", "1.6.45"))
            .ToDictionary(figure => figure.Item1, figure => figure.Item2));

    /// <summary>Runs the program; its output is no terminal.</summary>
    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "aotkv.dll"), "top", .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    private static void Load(IPEndPoint endPoint, CancellationToken enough)
    {
        using TcpClient client = new() { NoDelay = true };
        client.Connect(endPoint);
        NetworkStream stream = client.GetStream();
        byte[] buffer = new byte[100];
        while (!enough.IsCancellationRequested)
        {
            stream.Write("set k 0 0 1\r\nv\r\nget k\r\n"u8);
            StringBuilder reply = new();
            while (!reply.ToString().EndsWith("END\r\n", StringComparison.Ordinal))
            {
                reply.Append(Encoding.ASCII.GetString(buffer, 0, stream.Read(buffer)));
            }
        }
    }
}
