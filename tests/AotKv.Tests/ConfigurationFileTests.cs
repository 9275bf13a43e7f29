using AotKv.CommandLine;

namespace AotKv.Tests;

public sealed class ConfigurationFileTests : IDisposable
{
    /// <summary>As Debian installs it, shortened.</summary>
    private const string Debian = """
        # memcached default config file
        # Run memcached as a daemon.
        -d

        # Log memcached's output to /var/log/memcached
        logfile /var/log/memcached.log

        # -v
        -m 128
        -p 11311   # not the usual one
        -u memcache
        -l 127.0.0.1
        # -c 1024
        -P /var/run/memcached/memcached.pid
        -o idle_timeout=20
        """;

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Parse_debian_file_sets_its_options_and_leaves_the_daemon_to_the_caller()
    {
        LaunchOptions options = Parse(Debian);
        Assert.Equal((128L << 20, 11311, 20), (options.Store.MemoryLimitBytes, options.Server.Port, options.Server.IdleTimeoutSeconds));
        Assert.Equal(("memcache", "/var/run/memcached/memcached.pid"), (options.User, options.PidFile));
        Assert.Equal([new("127.0.0.1", null)], options.Server.Listen);
        Assert.False(options.Daemon);
    }

    [Fact]
    public void Parse_option_behind_the_file_wins()
    {
        File.WriteAllText(_path, Debian);
        Assert.Empty(CommandLineParser.Parse(["-m", "70", $"--memcached-conf={_path}", "-p", "5"], out LaunchOptions options));
        Assert.Equal((128L << 20, 5), (options.Store.MemoryLimitBytes, options.Server.Port));
    }

    [Theory]
    [InlineData("-s \"/tmp/with blank\"", "/tmp/with blank")]
    [InlineData("-s '/tmp/a b'\\ c", "/tmp/a b c")]
    [InlineData("-s /tmp/no\\#comment # comment", "/tmp/no#comment")]
    [InlineData("  --unix-socket=/tmp/x\t", "/tmp/x")]
    public void Parse_words_are_cut_as_a_shell_does(string line, string path) => Assert.Equal(path, Parse(line).Server.UnixSocketPath);

    [Theory]
    [InlineData("-m 64\nlistening 5", ":2: 'listening 5' is not an option")]
    [InlineData("--memcached-conf other", ": a configuration file cannot name another one")]
    [InlineData("-c 0", "Maximum connections must be greater than 0")]
    public void Parse_mistake_in_the_file_is_named(string text, string message)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(message, Assert.Single(CommandLineParser.Parse(["--memcached-conf", _path], out _)).Message, StringComparison.Ordinal);
    }

    private LaunchOptions Parse(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Empty(CommandLineParser.Parse(["--memcached-conf", _path], out LaunchOptions options));
        return options;
    }
}
