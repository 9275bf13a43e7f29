using System.Net;
using AotKv.Engine;

namespace AotKv.Server.Tests.Support;

/// <summary>A server on a free loopback port, with its store.</summary>
internal sealed class RunningServer : IDisposable
{
    private readonly Store _store;

    public RunningServer(ServerOptions options, StoreOptions? storeOptions = null)
    {
        StoreOptions store = (storeOptions ?? new StoreOptions()) with { ItemOverheadBytes = 59 };
        _store = new Store(store);
        try
        {
            Server = KvServer.Start(options with { Port = 0 }, store, _store, new ServerLog(Log));
        }
        catch
        {
            _store.Dispose();
            throw;
        }
    }

    public KvServer Server { get; }

    public MemoryStream Log { get; } = new();

    public EndPoint EndPoint => Server.EndPoints[0];

    public TestClient Connect() => new(EndPoint);

    public string Stat(string name) => Connect().Use(client => client.Stat(name));

    public void Dispose()
    {
        Server.Dispose();
        _store.Dispose();
        Log.Dispose();
    }
}
