using System.Globalization;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>
/// Client libraries and tools as their users have them, against the native binary. The scripts in <c>clients</c> store,
/// read, count, expire and multi-get real data and end with an error when an answer is wrong.
/// </summary>
public sealed class RealClientTests(ServerSet servers) : IClassFixture<ServerSet>
{
    /// <summary>Debian's own Python: the packages are not for another one that may stand before it in the path.</summary>
    private const string Python = "/usr/bin/python3";

    [Fact]
    public void Pymemcache_gets_every_answer_right()
    {
        Peers.Check("pymemcache", "python3-pymemcache", Peers.Find(Python, "python3"), "-c", "import pymemcache");
        RunScript(Python, "pymemcache_client.py");
    }

    [Fact]
    public void Pymemcache_over_tls_gets_every_answer_right()
    {
        Peers.Check("pymemcache", "python3-pymemcache", Peers.Find(Python, "python3"), "-c", "import pymemcache");
        using var server = ServerProcess.StartWithTls(ServerProgram.AotKv);
        var (code, output) = Run(Python, Repository.TestFile("clients", "pymemcache_client.py"), Port(server), WireCertificates.AuthorityPath);
        Assert.True(code == 0 && output.Contains("all answers right", StringComparison.Ordinal), output);
    }

    [Fact]
    public void Pylibmc_gets_every_answer_right()
    {
        Peers.Check("pylibmc", "python3-pylibmc", Peers.Find(Python, "python3"), "-c", "import pylibmc");
        RunScript(Python, "pylibmc_client.py");
    }

    [Fact]
    public void Php_memcached_gets_every_answer_right()
    {
        var php = Peers.Find("php", "php-cli");
        Peers.Check("php-memcached", "php-memcached", php, "-r", "exit(extension_loaded('memcached') ? 0 : 1);");
        RunScript(php, "memcached_client.php");
    }

    [Fact]
    public void Cache_Memcached_Fast_gets_every_answer_right()
    {
        var perl = Peers.Find("perl", "perl");
        Peers.Check("Cache::Memcached::Fast", "libcache-memcached-fast-perl", perl, "-MCache::Memcached::Fast", "-e", "1");
        RunScript(perl, "cache_memcached_fast_client.pl");
    }

    [Fact]
    public void Memccapable_passes_all_its_ascii_tests()
    {
        var server = Start("memccapable");
        var (code, output) = Run(Peers.Find("memccapable", "libmemcached-tools"), "-h", "127.0.0.1", "-p", Port(server), "-a");
        Assert.True(code == 0 && output.Contains("All tests passed", StringComparison.Ordinal), output);
    }

    [Theory]
    [InlineData("set", "Time to set            8000 keys by    4 threads")]
    [InlineData("get", "Time to get            8000 keys by    4 threads")]
    [InlineData("mget", "Time to mget           8000 keys by    4 threads")]
    public void Memcslap_does_all_its_requests(string test, string summary)
    {
        var memcslap = Peers.Find("memcslap", "libmemcached-tools");
        var server = Start("memcslap " + test);
        var (code, output) = Run(memcslap, "-s", Address(server), "--concurrency=4", "--execute-number=2000", "--test=" + test, "--flush");
        Assert.True(code == 0 && output.Contains(summary, StringComparison.Ordinal), output);
        Assert.DoesNotContain("error", output, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("fail", output, StringComparison.OrdinalIgnoreCase);
        Assert.True(Stat(server, "cmd_set") >= 2000, $"cmd_set {Stat(server, "cmd_set")}");
        Assert.Equal(0, Stat(server, "get_misses"));
    }

    [Fact]
    public void Memcaslap_finds_every_value_as_it_was_stored()
    {
        var memcaslap = Peers.Find("memcaslap", "libmemcached-tools");
        var server = Start("memcaslap");
        var (code, output) = Run(memcaslap, "-s", Address(server), "-T", "2", "-c", "16", "-x", "40000", "-v", "1");
        Assert.True(code == 0, output);
        Assert.Contains("get_misses: 0\n", output, StringComparison.Ordinal);
        Assert.Contains("verify_misses: 0\n", output, StringComparison.Ordinal);
        Assert.Contains("verify_failed: 0\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Memcstat_shows_the_figures()
    {
        var memcstat = Peers.Find("memcstat", "libmemcached-tools");
        var (code, output) = Run(memcstat, "--servers=" + Address(Start("memcstat")));
        Assert.True(code == 0, output);
        Assert.Contains("limit_maxbytes: 67108864", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Netcat_stores_and_fetches_by_hand()
    {
        var nc = Peers.Find("nc", "netcat-openbsd");
        var server = Start("nc");
        var (code, output) = Run("sh", "-c", $"printf 'set k 0 0 5\\r\\nhello\\r\\nget k\\r\\nquit\\r\\n' | {nc} 127.0.0.1 {Port(server)}");
        Assert.True(code == 0, output);
        Assert.Equal("STORED\r\nVALUE k 0 5\r\nhello\r\nEND\r\n", output.ReplaceLineEndings("\r\n"));
    }

    private ServerProcess Start(string user) => servers.Get(ServerProgram.AotKv, "", user);

    private static string Port(ServerProcess server) => server.Port.ToString(CultureInfo.InvariantCulture);

    private static string Address(ServerProcess server) => "127.0.0.1:" + Port(server);

    private void RunScript(string interpreter, string script)
    {
        var (code, output) = Run(interpreter, Repository.TestFile("clients", script), Port(Start(script)));
        Assert.True(code == 0 && output.Contains("all answers right", StringComparison.Ordinal), output);
    }

    private static (int Code, string Output) Run(string program, params string[] arguments) => Programs.Run(program, arguments);

    private static long Stat(ServerProcess server, string name)
    {
        using var connection = new WireConnection(server.EndPoint);
        connection.Write("stats\r\n");
        while (connection.TakeLine() is { } line && line != "END")
        {
            if (line.StartsWith($"STAT {name} ", StringComparison.Ordinal))
                return long.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);
        }

        throw new InvalidOperationException($"stats has no {name}");
    }
}
