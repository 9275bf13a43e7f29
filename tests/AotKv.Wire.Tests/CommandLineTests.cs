using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>The command line, from outside: what it accepts, and how it refuses.</summary>
public sealed class CommandLineTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("-h")]
    [InlineData("--help")]
    public void Help_names_the_flags_and_ends_with_0(string flag)
    {
        var (code, output) = RunToEnd(flag);
        Assert.Equal(0, code);
        foreach (var known in "-p -l -m -c -t -I -M -v -R -b -F -A -P -d -u -h -V -s -a".Split(' '))
            Assert.Matches($@"(?m)(^|[\s,]){known}\b", output);
    }

    [Theory]
    [InlineData("-V")]
    [InlineData("--version")]
    public void Version_is_said_on_one_line_and_ends_with_0(string flag)
    {
        var (code, output) = RunToEnd(flag);
        Assert.Equal(0, code);
        Assert.Matches(@"\Aaotkv \d+\.\d+\.\d+\S*[^\n]*\n\z", output.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("--frobnicate", "frobnicate")]
    [InlineData("-J", "J")]
    [InlineData("--frobnicate=3", "frobnicate")]
    [InlineData("-p abc", "abc")]
    [InlineData("-p 70000", "70000")]
    [InlineData("-p -2", "-2")]
    [InlineData("--port=x", "x")]
    [InlineData("-p", "-p")]
    [InlineData("-m -5", "-5")]
    [InlineData("-m abc", "abc")]
    [InlineData("-m 1", "-m")]
    [InlineData("-m 99999999999999999999", "99999999999999999999")]
    [InlineData("-c 0", "0")]
    [InlineData("-c -1", "-1")]
    [InlineData("-c many", "many")]
    [InlineData("-t 0", "0")]
    [InlineData("-t -4", "-4")]
    [InlineData("-R 0", "0")]
    [InlineData("-b x", "x")]
    [InlineData("-I 1000", "-I")]
    [InlineData("-I -1", "-I")]
    [InlineData("-I 256m", "-I")]
    [InlineData("-I 2x", "2x")]
    [InlineData("-a 999", "999")]
    [InlineData("-l fooble.invalid", "fooble.invalid")]
    [InlineData("-l 127.0.0.1:99999", "99999")]
    [InlineData("-s /nonexistent/folder/socket", "/nonexistent/folder/socket")]
    [InlineData("-P /nonexistent/folder/pid", "/nonexistent/folder/pid")]
    [InlineData("-u no-such-user-here", "no-such-user-here")]
    [InlineData("stray", "stray")]
    [InlineData("-o nonsense", "nonsense")]
    [InlineData("-o hashpower=5", "12 to 32")]
    [InlineData("-o ext_path=/tmp/x:1G", "--data-dir")]
    [InlineData("-o proxy_config=x", "proxy")]
    [InlineData("-f 1", "-f 1")]
    [InlineData("--memcached-conf /nonexistent", "/nonexistent")]
    public void Bad_argument_is_named_in_one_line(string arguments, string named) => AssertRefused(arguments, named);

    [Theory]
    [InlineData("-Z", "ssl_chain_cert")]
    [InlineData("--enable-ssl", "ssl_chain_cert")]
    [InlineData("-S", "MEMCACHED_SASL_PWDB")]
    [InlineData("-Y /nowhere/passwords", "password file")]
    [InlineData("-B http", "binding protocol")]
    public void What_lacks_something_is_refused_and_not_ignored(string arguments, string named) => AssertRefused(arguments, named);

    [Fact]
    public void Errors_go_behind_what_others_wrote_into_the_same_file()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("log");
        Programs.Run("sh", "-c", $"(echo before >&2; '{ServerProgram.AotKv.Path}' --no-such-flag; echo after >&2) 2>'{file}'");
        var lines = File.ReadAllLines(file);
        Assert.Equal(("before", "after"), (lines[0], lines[^1]));
        Assert.Contains(lines, line => line.Contains("no-such-flag", StringComparison.Ordinal));
    }

    [Fact]
    public void Port_in_use_is_said_with_its_number()
    {
        using var first = ServerProcess.Start(ServerProgram.AotKv);
        var port = first.Port.ToString(CultureInfo.InvariantCulture);
        AssertRefused($"-l 127.0.0.1 -p {port}", port);
        Assert.True(first.IsRunning);
    }

    [Fact]
    public void Port_0_picks_a_free_one_and_says_which()
    {
        using var server = ServerProcess.StartPlain(ServerProgram.AotKv, "-l", "127.0.0.1", "-p", "0");
        var said = Eventually(() => Regex.Match(server.Output, @"127\.0\.0\.1:(\d+)"), match => match.Success, server);
        var port = int.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.NotEqual(0, port);
        AssertServes(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Theory]
    [InlineData("-m 100 -c 200 -t 2 -R 30 -b 50 -I 2m -v -M -F -A -U 0")]
    [InlineData("--memory-limit=100 --conn-limit=200 --threads=2 --max-reqs-per-event=30 --listen-backlog=50 --max-item-size=2m")]
    [InlineData("--memory-limit 100 --verbose --disable-evictions --disable-flush-all --enable-shutdown --udp-port=0")]
    [InlineData("-vv -m 1g -I 512k")]
    [InlineData("-vvv -MFA -m100 -c200")]
    [InlineData("-f 1.1 -n 64 -t 2 -N 1 -D - -C -X -W -L -b 0")]
    [InlineData("-o hashpower=16,slab_reassign,no_lru_crawler -o modern,idle_timeout=0,track_sizes -o relaxed_privileges")]
    public void Known_flags_are_accepted(string arguments)
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, arguments.Split(' '));
        AssertServes(server.EndPoint);
    }

    [Fact]
    public void Pid_file_holds_the_process_id()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("pid");
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-P", file);
        Assert.Equal($"{server.Id}\n", Eventually(() => File.Exists(file) ? File.ReadAllText(file) : "", text => text.Length > 0, server));
    }

    [Fact]
    public void Debian_configuration_file_is_obeyed()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("memcached.conf");
        File.WriteAllText(file, "# comment\n-d\nlogfile /var/log/memcached.log\n-m 96 # megabytes\n");
        using var server = ServerProcess.Start(ServerProgram.AotKv, $"--memcached-conf={file}");
        using var connection = new WireConnection(server.EndPoint);
        connection.Write("stats settings\r\n");
        Assert.Equal($"STAT maxbytes {96 << 20}", connection.TakeLine());
    }

    [Fact]
    public void Port_file_names_the_ports_that_were_picked()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("ports");
        using var server = ServerProcess.StartPlain(
            new ServerProgram("/usr/bin/env", [$"MEMCACHED_PORT_FILENAME={file}", ServerProgram.AotKv.Path]), "-l", "127.0.0.1", "-p", "-1");
        var text = Eventually(() => File.Exists(file) ? File.ReadAllText(file) : "", text => text.Length > 0, server);
        var port = int.Parse(Regex.Match(text, @"\ATCP INET: (\d+)\n\z").Groups[1].Value, CultureInfo.InvariantCulture);
        AssertServes(new IPEndPoint(IPAddress.Loopback, port));
    }

    [Fact]
    public void Locked_memory_is_locked_or_warned_of()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-k");
        var locked = File.ReadLines($"/proc/{server.Id}/status").First(line => line.StartsWith("VmLck:", StringComparison.Ordinal));
        if (locked.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2] == "0")
            Eventually(() => server.Output, said => said.Contains("mlockall() failed", StringComparison.Ordinal), server);
        else
            Assert.DoesNotContain("mlockall() failed", server.Output, StringComparison.Ordinal);
        AssertServes(server.EndPoint);
    }

    [Fact]
    public void Core_files_may_be_as_large_as_the_system_allows()
    {
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-r");
        var limit = File.ReadLines($"/proc/{server.Id}/limits").First(line => line.StartsWith("Max core file size", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"size\s+0\s", limit);
    }

    [Fact]
    public void User_is_the_one_that_was_asked_for()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may become somebody else: run the tests as root");
        using var server = ServerProcess.Start(ServerProgram.AotKv, "-u", "nobody");
        var ids = File.ReadLines($"/proc/{server.Id}/status")
            .Where(line => line.StartsWith("Uid:", StringComparison.Ordinal) || line.StartsWith("Gid:", StringComparison.Ordinal));
        Assert.DoesNotContain("0", ids.SelectMany(line => line.Split('\t', ' ')));
        AssertServes(server.EndPoint);
    }

    [Theory]
    [InlineData("700", "")]
    [InlineData("770", "-a 770")]
    [InlineData("600", "-a 600")]
    public void Unix_socket_serves_with_the_mode_that_was_asked_for(string mode, string arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes");
            return;
        }

        using var folder = new TemporaryFolder();
        var path = folder.File("socket");
        var flags = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        using var server = ServerProcess.StartOnUnixSocket(ServerProgram.AotKv, path, flags);
        AssertServes(server.EndPoint);
        Assert.Equal(mode, Convert.ToString((int)File.GetUnixFileMode(path), 8));
    }

    [Fact]
    public void Stale_unix_socket_is_replaced()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("socket");
        using (var killed = ServerProcess.StartOnUnixSocket(ServerProgram.AotKv, path))
        {
            killed.Signal("KILL");
            killed.WaitForExit(Patience);
        }

        Assert.True(File.Exists(path));
        using var server = ServerProcess.StartOnUnixSocket(ServerProgram.AotKv, path);
        AssertServes(server.EndPoint);
    }

    [Fact]
    public void Several_addresses_are_all_served()
    {
        var (one, two) = (ServerProcess.FreePort(), ServerProcess.FreePort());
        using var server = ServerProcess.StartPlain(ServerProgram.AotKv, "-l", $"127.0.0.1:{one},127.0.0.2:{two}");
        foreach (var endPoint in new[] { new IPEndPoint(IPAddress.Loopback, one), new IPEndPoint(IPAddress.Parse("127.0.0.2"), two) })
        {
            Eventually(() => ServerProcess.Accepts(endPoint), accepts => accepts, server);
            AssertServes(endPoint);
        }
    }

    [Fact]
    public void Each_address_speaks_the_protocol_it_was_given()
    {
        var (binary, text, both) = (ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort());
        using var server = ServerProcess.StartPlain(
            ServerProgram.AotKv, "-l", $"proto[binary]:127.0.0.1:{binary},proto[ascii]:127.0.0.1:{text},127.0.0.1:{both}");
        var packet = Packet.Parse("noop").Expand(new Dictionary<string, string>());
        foreach (var (port, speaksText, speaksBinary) in new[] { (binary, false, true), (text, true, false), (both, true, true) })
        {
            var endPoint = new IPEndPoint(IPAddress.Loopback, port);
            Eventually(() => ServerProcess.Accepts(endPoint), accepts => accepts, server);
            using var asText = new WireConnection(endPoint);
            asText.Write("version\r\n");
            Assert.Equal(speaksText ? "VERSION 1.6.45" : null, asText.TakeLine());
            using var asBinary = new WireConnection(endPoint);
            asBinary.Write((byte[])[.. packet, (byte)'\n']);
            Assert.Equal(speaksBinary ? (byte)0x81 : (byte)'C', asBinary.TakeBytes(1)![0]);
        }
    }

    [Fact]
    public void Daemon_serves_after_its_starter_has_ended()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("pid");
        var port = ServerProcess.FreePort();
        using var starter = ServerProcess.StartPlain(
            ServerProgram.AotKv, "-d", "-P", file, "-l", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(0, starter.WaitForExit(Patience));

        var endPoint = new IPEndPoint(IPAddress.Loopback, port);
        var pid = Eventually(() => File.Exists(file) ? File.ReadAllText(file).Trim() : "", text => text.Length > 0, starter);
        try
        {
            Assert.True(starter.WaitForEndOfOutput(), "the daemon still holds its starter's output");
            Assert.NotEqual(starter.Id.ToString(CultureInfo.InvariantCulture), pid);
            Eventually(() => ServerProcess.Accepts(endPoint), accepts => accepts, starter);
            AssertServes(endPoint);
        }
        finally
        {
            Programs.Run("sh", "-c", $"kill -TERM {pid}");
        }

        Eventually(() => Directory.Exists($"/proc/{pid}"), exists => !exists, starter);
    }

    private static void AssertRefused(string arguments, string named)
    {
        var (code, output) = RunToEnd(arguments.Split(' '));
        Assert.True(code is 1 or 64 or 67 or 71, $"exit code {code}, and it said: {output}");
        // Who runs the tests as root is warned of that first.
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = Assert.Single(lines, line => !line.Contains("running as root", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Exception", line, StringComparison.Ordinal);
    }

    private static (int Code, string Output) RunToEnd(params string[] arguments)
    {
        using var process = ServerProcess.StartPlain(ServerProgram.AotKv, arguments);
        var code = process.WaitForExit(Patience);
        Assert.True(code != null, $"it goes on running; it said: {process.Output}");
        return (code.Value, process.Output.TrimEnd() + "\n");
    }

    private static void AssertServes(EndPoint endPoint)
    {
        using var connection = new WireConnection(endPoint);
        connection.Write("set k 0 0 1\r\na\r\nget k\r\n");
        Assert.Null(connection.Take("STORED\r\nVALUE k 0 1\r\na\r\nEND\r\n"u8));
    }

    private static T Eventually<T>(Func<T> ask, Func<T, bool> good, ServerProcess server)
    {
        for (var end = DateTime.UtcNow + Patience; ; Thread.Sleep(5))
        {
            var answer = ask();
            if (good(answer))
                return answer;
            Assert.True(DateTime.UtcNow < end, $"it never came; the server said: {server.Output}");
        }
    }
}
