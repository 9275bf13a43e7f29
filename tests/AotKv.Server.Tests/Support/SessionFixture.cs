using System.Text;
using AotKv.Engine;
using AotKv.Server.Sessions;

namespace AotKv.Server.Tests.Support;

/// <summary>A store with everything a session needs, and no socket.</summary>
internal sealed class SessionFixture : IDisposable
{
    private readonly MemoryStream _log = new();

    public SessionFixture(ServerOptions? server = null, StoreOptions? store = null)
    {
        Clock = new ManualClock();
        StoreOptions options = (store ?? new StoreOptions()) with { Clock = Clock, HashSeed = 1, ItemOverheadBytes = 59 };
        Store = new Store(options);
        State = new ServerState(server ?? new ServerOptions(), options, Store, new ServerLog(_log));
        Host = new SessionHost(State, keepBytes: 64 << 10);
    }

    public ManualClock Clock { get; }

    public Store Store { get; }

    public ServerState State { get; }

    public SessionHost Host { get; }

    /// <summary>What was logged so far.</summary>
    public string Log => Encoding.Latin1.GetString(_log.ToArray());

    public SessionDriver Connect() => new(new Session(Host, id: 9));

    /// <summary>Runs one connection over the whole input and gives its replies.</summary>
    public string Ask(string input)
    {
        using SessionDriver driver = Connect();
        return driver.Send(input);
    }

    /// <summary>The value of a general statistic.</summary>
    public string Stat(string name)
    {
        string line = Ask("stats\r\n").Split("\r\n").Single(line => line.StartsWith($"STAT {name} ", StringComparison.Ordinal));
        return line[$"STAT {name} ".Length..];
    }

    public void Dispose()
    {
        Host.Dispose();
        State.Dispose();
        Store.Dispose();
        _log.Dispose();
    }
}
