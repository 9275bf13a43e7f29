using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http;
using AotKv.Server;

namespace AotKv.Browser.Tests;

/// <summary>A server with both doors and clients that keep it moderately busy: hits, misses, evictions, expiry, several namespaces.</summary>
internal sealed class BusyServer : IDisposable
{
    private const int Clients = 3;

    private readonly Store _store;
    private readonly HttpDoor _door;
    private readonly KvServer _server;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _enough = new();
    private readonly Task _load;

    public BusyServer()
    {
        StoreOptions options = new() { MemoryLimitBytes = 8 << 20, MaxItemBytes = 512 << 10, ItemOverheadBytes = 59 };
        _store = new(options);
        _door = HttpDoor.Start(new HttpOptions { Listen = [new("127.0.0.1", 0)] }, _ => { });
        _server = KvServer.Start(new ServerOptions { Port = 0, Threads = 2, Measures = true }, options, _store, new ServerLog(Stream.Null));
        _door.Attach(_store, () => _server.Slowest);
        _http = new() { BaseAddress = new Uri(Address) };
        foreach ((string name, int items) in new[] { ("sessions", 400), ("carts", 150), ("thumbnails", 40) })
        {
            StoreNamespace ns = _store.CreateNamespace(name)!;
            for (int i = 0; i < items; i++)
            {
                _ = _store.Put(_store.Key(ns, Encoding.ASCII.GetBytes($"k{i}")), new PutRequest { Value = new byte[400] });
            }
        }

        _load = Task.WhenAll([.. Enumerable.Range(0, Clients).Select(n => Task.Run(() => LoadAsync(n))), Task.Run(LoadHttpAsync)]);
    }

    public string Address => $"http://{_door.EndPoints[0]}/";

    public void Dispose()
    {
        _enough.Cancel();
        _load.GetAwaiter().GetResult();
        _http.Dispose();
        _door.Dispose();
        _server.Dispose();
        _store.Dispose();
        _enough.Dispose();
    }

    /// <summary>A cache's client: reads, and stores what it did not find; now and then something else. Popular keys are read most.</summary>
    private async Task LoadAsync(int seed)
    {
        Random random = new(seed);
        using TcpClient tcp = new() { NoDelay = true };
        await tcp.ConnectAsync((IPEndPoint)_server.EndPoints[0]);
        NetworkStream stream = tcp.GetStream();
        byte[] buffer = new byte[1 << 20];
        string value = new('v', 4000);
        while (!_enough.IsCancellationRequested)
        {
            for (int i = 0; i < 20; i++)
            {
                int key = (int)(8000 * Math.Pow(random.NextDouble(), 3));
                string reply = await AskAsync($"get key{key}\r\n", "END\r\n");
                if (reply.Length == 5)
                {
                    int size = random.Next(200, value.Length);
                    int ttl = random.Next(10) == 0 ? 1 : 0;
                    await AskAsync(string.Create(CultureInfo.InvariantCulture, $"set key{key} 0 {ttl} {size}\r\n{value[..size]}\r\n"), "\r\n");
                }
            }

            await AskAsync("delete nothing\r\n", "\r\n");
            await Task.Delay(random.Next(2, 30));
        }

        async Task<string> AskAsync(string request, string end)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
            int length = 0;
            do
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length));
                Assert.NotEqual(0, read);
                length += read;
            }
            while (!Encoding.ASCII.GetString(buffer, Math.Max(0, length - end.Length), Math.Min(length, end.Length)).Equals(end, StringComparison.Ordinal));
            return Encoding.ASCII.GetString(buffer, 0, length);
        }
    }

    private async Task LoadHttpAsync()
    {
        Random random = new(99);
        while (!_enough.IsCancellationRequested)
        {
            string name = random.Next(10) switch { < 6 => "sessions", < 9 => "carts", _ => "thumbnails" };
            Uri key = new($"v1/ns/{name}/keys/k{random.Next(60)}", UriKind.Relative);
            using HttpResponseMessage reply = await _http.GetAsync(key);
            if (reply.StatusCode == HttpStatusCode.NotFound)
            {
                using ByteArrayContent value = new(new byte[random.Next(200, 4000)]);
                using HttpResponseMessage put = await _http.PutAsync(key, value);
                Assert.True(put.IsSuccessStatusCode);
            }

            await Task.Delay(random.Next(10, 60));
        }
    }
}
