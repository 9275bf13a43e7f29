using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Server;

namespace AotKv.Http.Tests.Support;

/// <summary>An HTTP door on a free loopback port, with its store and, when asked for, the memcached port of the same store.</summary>
internal sealed class RunningDoor : IDisposable
{
    public RunningDoor(HttpOptions? options = null, StoreOptions? store = null, bool withMemcached = false)
    {
        StoreOptions storeOptions = (store ?? new StoreOptions()) with { ItemOverheadBytes = 59, KeepsFeed = options?.HasFeed ?? true };
        Store = new Store(storeOptions);
        Door = HttpDoor.Start(Settle(options) with { MaxItemBytes = storeOptions.MaxItemBytes }, Log.Enqueue);
        Door.Attach(Store, () => Server?.Slowest ?? []);
        Server = withMemcached ? KvServer.Start(new ServerOptions { Port = 0, Measures = true }, storeOptions, Store, new ServerLog(Stream.Null)) : null;
        Client = NewClient();
    }

    public static HttpOptions Defaults => new() { Listen = [new("127.0.0.1", 0)] };

    public Store Store { get; }

    public HttpDoor Door { get; }

    public KvServer? Server { get; }

    public HttpClient Client { get; }

    /// <summary>What the door has told the operator.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public IPEndPoint EndPoint => Door.EndPoints[0];

    /// <summary>A client with connections of its own.</summary>
    public HttpClient NewClient() => new(new SocketsHttpHandler()) { BaseAddress = new Uri($"http://{EndPoint}") };

    public void Dispose()
    {
        Client.Dispose();
        Door.Dispose();
        Server?.Dispose();
        Store.Dispose();
        Assert.DoesNotContain(Log, line => line.StartsWith("HTTP: ", StringComparison.Ordinal)); // faults of the door itself
    }

    private static HttpOptions Settle(HttpOptions? options) => options ?? Defaults;
}

/// <summary>A reply, read whole.</summary>
internal sealed record Reply(HttpStatusCode Status, string Body, byte[] Bytes, HttpResponseMessage Message)
{
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Bytes);
            return document.RootElement.Clone();
        }
    }

    public string Error => Json.GetProperty("error").GetString()!;

    public string? Header(string name) =>
        Message.Headers.TryGetValues(name, out IEnumerable<string>? values) || Message.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}

/// <summary>Short forms of requests.</summary>
internal static class ClientExtensions
{
    public static async Task<Reply> Send(
        this HttpClient client, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (body != null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        return await client.Ask(request, headers);
    }

    public static async Task<Reply> Ask(this HttpClient client, HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        byte[] bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new(response.StatusCode, Encoding.UTF8.GetString(bytes), bytes, response);
    }

    public static Task<Reply> Get(this HttpClient client, string path, params (string Name, string Value)[] headers) =>
        client.Send("GET", path, null, headers);
}
