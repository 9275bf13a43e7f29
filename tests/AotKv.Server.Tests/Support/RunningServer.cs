using System.Net;
using AotKv.Engine;

namespace AotKv.Server.Tests.Support;

/// <summary>A server on a free loopback port, with its store.</summary>
internal sealed class RunningServer : IDisposable
{
    public RunningServer(ServerOptions options, StoreOptions? storeOptions = null)
    {
        HasTls = options.Certificates != null && options.Listen.All(address => address.Security != ListenSecurity.Plain);
        StoreOptions store = (storeOptions ?? new StoreOptions()) with { ItemOverheadBytes = 59 };
        Store = new Store(store);
        try
        {
            Server = KvServer.Start(options with { Port = 0 }, store, Store, new ServerLog(Log));
        }
        catch
        {
            Store.Dispose();
            throw;
        }
    }

    public KvServer Server { get; }

    public Store Store { get; }

    public MemoryStream Log { get; } = new();

    public EndPoint EndPoint => Server.EndPoints[0];

    /// <summary>Connects to the first listener, with TLS when the server has it.</summary>
    public TestClient Connect() => new(EndPoint, HasTls ? TestCertificates.Client() : null);

    private bool HasTls { get; }

    public string Stat(string name) => Connect().Use(client => client.Stat(name));

    public void Dispose()
    {
        Server.Dispose();
        Store.Dispose();
        Log.Dispose();
    }
}
