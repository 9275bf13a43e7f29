namespace AotKv.Wire.Tests.Servers;

/// <summary>A server that tests can start.</summary>
/// <param name="Path">Its binary.</param>
/// <param name="Arguments">What every start needs.</param>
internal sealed record ServerProgram(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>The native binary under test.</summary>
    public static ServerProgram AotKv
    {
        get
        {
            var path = Repository.Binary;
            if (!File.Exists(path))
                Assert.Fail($"There is no native binary at {path}: run the Publish target first, or name one in AOTKV_BINARY.");
            return new ServerProgram(path, []);
        }
    }

    /// <summary>The memcached of this machine, or the one that <c>AOTKV_MEMCACHED</c> names.</summary>
    public static ServerProgram Memcached
    {
        get
        {
            var said = Environment.GetEnvironmentVariable("AOTKV_MEMCACHED");
            var path = string.IsNullOrEmpty(said) ? Peers.Find("memcached", "memcached") : said;
            return new ServerProgram(path, Environment.UserName == "root" ? ["-u", "root"] : []);
        }
    }
}
