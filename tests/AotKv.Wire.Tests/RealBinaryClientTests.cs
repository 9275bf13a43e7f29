using System.Globalization;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Client libraries with the binary protocol, without logins and with SASL, over unix sockets, and behind a proxy.</summary>
public sealed class RealBinaryClientTests(ServerSet servers) : IClassFixture<ServerSet>
{
    private const string Python = "/usr/bin/python3";
    private const string MemjsVersion = "1.3.2";

    private static readonly string[] Logins = ["-S", "-Y", Repository.TestFile("conversations", "passwords.txt")];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pylibmc_in_binary_gets_every_answer_right(bool hasLogin)
    {
        Peers.Check("pylibmc", "python3-pylibmc", Peers.Find(Python, "python3"), "-c", "import pylibmc");
        RunScript(Python, "pylibmc_client.py", hasLogin);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Php_memcached_in_binary_gets_every_answer_right(bool hasLogin)
    {
        var php = Peers.Find("php", "php-cli");
        Peers.Check("php-memcached", "php-memcached", php, "-r", "exit(extension_loaded('memcached') ? 0 : 1);");
        RunScript(php, "memcached_client.php", hasLogin);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Dalli_in_binary_gets_every_answer_right(bool hasLogin)
    {
        var ruby = Peers.Find("ruby", "ruby");
        Peers.Check("dalli", "ruby-dalli", ruby, "-e", "require 'dalli'");
        RunScript(ruby, "dalli_client.rb", hasLogin);
    }

    [Fact]
    public void Dalli_in_meta_gets_every_answer_right_where_its_version_has_it()
    {
        var ruby = Peers.Find("ruby", "ruby");
        Peers.Check("dalli", "ruby-dalli", ruby, "-e", "require 'dalli'");
        if (Programs.Run(ruby, "-e", "require 'dalli'; exit(Dalli::VERSION >= '3.2' ? 0 : 1)").Code != 0)
            Assert.Skip("this version of dalli has no meta protocol (3.2 and later have)");
        Check(Programs.Run(ruby, Script("dalli_client.rb"), Port(servers.Get(ServerProgram.AotKv, "", "dalli meta")), "meta"));
    }

    /// <summary>memjs is in no package of Debian's; npm fetches it for the time of the test.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memjs_gets_every_answer_right(bool hasLogin)
    {
        var (node, npm) = (Find("node"), Find("npm"));
        if (node == null || npm == null)
            Assert.Skip("node and npm are not here (apt-get install nodejs npm)");
        using var folder = new TemporaryFolder();
        var place = Path.GetDirectoryName(folder.File("node"))!;
        var (code, output) = Programs.Run(npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", place, "memjs@" + MemjsVersion);
        if (code != 0)
            Assert.Skip($"npm cannot fetch memjs here: {output}");
        using var server = ServerProcess.Start(ServerProgram.AotKv, hasLogin ? Logins : []);
        string[] login = hasLogin ? ["alice", "wonderland"] : [];
        Check(Programs.Run(node, [Script("memjs_client.js"), place, Port(server), .. login]));
    }

    [Fact]
    public void Memccapable_passes_all_its_binary_tests()
    {
        var memccapable = Peers.Find("memccapable", "libmemcached-tools");
        var server = servers.Get(ServerProgram.AotKv, "", "memccapable binary");
        var (code, output) = Programs.Run(memccapable, "-h", "127.0.0.1", "-p", Port(server), "-b");
        Assert.True(code == 0 && output.Contains("All tests passed", StringComparison.Ordinal), output);
    }

    [Fact]
    public void Pymemcache_over_a_unix_socket_gets_every_answer_right()
    {
        Peers.Check("pymemcache", "python3-pymemcache", Peers.Find(Python, "python3"), "-c", "import pymemcache");
        using var folder = new TemporaryFolder();
        using var server = ServerProcess.StartOnUnixSocket(ServerProgram.AotKv, folder.File("socket"));
        Check(Programs.Run(Python, Script("pymemcache_client.py"), folder.File("socket")));
    }

    /// <summary>nutcracker spreads keys over three servers by ketama; each of them must get its share.</summary>
    [Fact]
    public void Three_servers_behind_nutcracker_share_the_keys()
    {
        var nutcracker = Find("nutcracker") ?? Peers.Find("/usr/sbin/nutcracker", "nutcracker");
        Peers.Check("pymemcache", "python3-pymemcache", Peers.Find(Python, "python3"), "-c", "import pymemcache");
        ServerProcess[] backs = [.. Enumerable.Range(1, 3).Select(i => servers.Get(ServerProgram.AotKv, "", $"behind the proxy {i}"))];
        var (port, statistics) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("ring.yml"), $"""
            ring:
              listen: 127.0.0.1:{port}
              hash: fnv1a_64
              distribution: ketama
              auto_eject_hosts: false
              timeout: 20000
              servers:
            {string.Concat(backs.Select(back => $"   - 127.0.0.1:{Port(back)}:1\n"))}
            """);
        string[] options = ["-c", folder.File("ring.yml"), "-a", "127.0.0.1", "-s", $"{statistics}", "-p", folder.File("pid")];
        using var proxy = ServerProcess.StartPlain(new ServerProgram(nutcracker, options));
        Assert.True(
            SpinWait.SpinUntil(() => ServerProcess.Accepts(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port)), TimeSpan.FromMinutes(1)),
            $"the proxy does not listen: {proxy.Output}");
        Check(Programs.Run(Python, Script("proxy_client.py"), port.ToString(CultureInfo.InvariantCulture)));
        foreach (var back in backs)
            Assert.InRange(Statistics.Of(back, "stats")["curr_items"].Length, 3, 4);
    }

    private void RunScript(string interpreter, string script, bool hasLogin)
    {
        if (hasLogin)
        {
            using var server = ServerProcess.Start(ServerProgram.AotKv, Logins);
            Check(Programs.Run(interpreter, Script(script), Port(server), "binary", "alice", "wonderland"));
            return;
        }

        Check(Programs.Run(interpreter, Script(script), Port(servers.Get(ServerProgram.AotKv, "", script)), "binary"));
    }

    private static void Check((int Code, string Output) said) =>
        Assert.True(said.Code == 0 && said.Output.Contains("all answers right", StringComparison.Ordinal), said.Output);

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    private static string Script(string name) => Repository.TestFile("clients", name);

    private static string Port(ServerProcess server) => server.Port.ToString(CultureInfo.InvariantCulture);
}
