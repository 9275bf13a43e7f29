using System.Net;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class KeyTests : IDisposable
{
    private const string Path = "/v1/ns/default/keys/";
    private readonly RunningDoor _door = new(store: new StoreOptions { MemoryLimitBytes = 128 << 20, MaxItemBytes = 32 << 20 }, withMemcached: true);

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Put_then_get_gives_bytes_revision_flags_and_ttl()
    {
        Reply put = await Put("a", "value", ("AotKv-TTL", "60000"), ("AotKv-Flags", "7"));
        Assert.Equal(HttpStatusCode.NoContent, put.Status);
        Reply got = await _door.Client.Get(Path + "a");
        Assert.Equal((HttpStatusCode.OK, "value", put.Header("ETag"), "7"), (got.Status, got.Body, got.Header("ETag"), got.Header("AotKv-Flags")));
        Assert.InRange(long.Parse(got.Header("AotKv-TTL")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60_000);
        Assert.Equal(("application/octet-stream", "nosniff"), (got.Header("Content-Type"), got.Header("X-Content-Type-Options")));
        Reply head = await _door.Client.Send("HEAD", Path + "a");
        Assert.Equal((HttpStatusCode.OK, "", "5"), (head.Status, head.Body, head.Header("Content-Length")));
    }

    [Fact]
    public async Task Missing_key_and_namespace_are_404()
    {
        Assert.Equal("no such key", (await _door.Client.Get(Path + "none")).Error);
        Assert.Equal(HttpStatusCode.NotFound, (await _door.Client.Send("DELETE", Path + "none")).Status);
        Reply ns = await _door.Client.Get("/v1/ns/nowhere/keys/a");
        Assert.Equal(HttpStatusCode.NotFound, ns.Status);
        Assert.Contains("namespace", ns.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Writes_obey_if_match_and_if_none_match()
    {
        string first = (await Put("c", "1", ("If-None-Match", "*"))).Header("ETag")!;
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put("c", "no", ("If-None-Match", "*"))).Status);
        string second = (await Put("c", "2", ("If-Match", first))).Header("ETag")!;
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put("c", "no", ("If-Match", first))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put("c", "no", ("If-Match", "\"not ours\""))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await Put("c", "3", ("If-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put("absent", "no", ("If-Match", "*"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Put("absent", "no", ("If-Match", first))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await Put("c", "no", ("If-Match", $"{first}, {second}"))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _door.Client.Send("DELETE", Path + "c", null, ("If-Match", second))).Status);
        Assert.Equal("3", (await _door.Client.Get(Path + "c")).Body);
        Assert.Equal(HttpStatusCode.NoContent, (await _door.Client.Send("DELETE", Path + "c")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _door.Client.Get(Path + "c")).Status);
    }

    [Fact]
    public async Task Reads_obey_if_match_and_if_none_match()
    {
        string tag = (await Put("r", "1")).Header("ETag")!;
        Reply same = await _door.Client.Get(Path + "r", ("If-None-Match", $"\"1\", W/{tag}"));
        Assert.Equal((HttpStatusCode.NotModified, "", tag), (same.Status, same.Body, same.Header("ETag")));
        Assert.Equal(HttpStatusCode.OK, (await _door.Client.Get(Path + "r", ("If-None-Match", "\"1\""))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await _door.Client.Get(Path + "r", ("If-Match", "\"1\""))).Status);
        Assert.Equal(HttpStatusCode.OK, (await _door.Client.Get(Path + "r", ("If-Match", tag))).Status);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-30", 206, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=5-500", 206, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", 416, null, "bytes */10")]
    [InlineData("bytes=-0", 416, null, "bytes */10")]
    [InlineData("bytes=4-2", 200, "0123456789", null)]
    [InlineData("bytes=0-1,3-4", 200, "0123456789", null)]
    [InlineData("lines=0-1", 200, "0123456789", null)]
    [InlineData("bytes=x-1", 200, "0123456789", null)]
    public async Task Range_gives_its_part(string range, int status, string? body, string? contentRange)
    {
        await Put("digits", "0123456789");
        Reply got = await _door.Client.Get(Path + "digits", ("Range", range));
        Assert.Equal((status, contentRange), ((int)got.Status, got.Header("Content-Range")));
        if (body != null)
        {
            Assert.Equal(body, got.Body);
        }
    }

    [Fact]
    public async Task If_range_of_another_revision_gives_the_whole()
    {
        string tag = (await Put("digits", "0123456789")).Header("ETag")!;
        Assert.Equal("01", (await _door.Client.Get(Path + "digits", ("Range", "bytes=0-1"), ("If-Range", tag))).Body);
        Assert.Equal("0123456789", (await _door.Client.Get(Path + "digits", ("Range", "bytes=0-1"), ("If-Range", "\"1\""))).Body);
    }

    [Fact]
    public async Task Large_value_streams_in_and_out_and_in_parts()
    {
        byte[] value = new byte[20 << 20];
        Random.Shared.NextBytes(value);
        using HttpRequestMessage request = new(HttpMethod.Put, Path + "large") { Content = new StreamContent(new MemoryStream(value)) };
        request.Headers.TransferEncodingChunked = true;
        Assert.Equal(HttpStatusCode.NoContent, (await _door.Client.Ask(request)).Status);
        Assert.Equal(value, (await _door.Client.Get(Path + "large")).Bytes);
        Assert.Equal(value[15_000_000..16_000_000], (await _door.Client.Get(Path + "large", ("Range", "bytes=15000000-15999999"))).Bytes);
        await Eventually.Passes(() => Assert.Equal(0, _door.Door.State.Buffers.Used));
    }

    [Fact]
    public async Task Large_value_that_is_replaced_while_it_is_read_arrives_whole()
    {
        byte[] old = new byte[20 << 20];
        Array.Fill(old, (byte)'o');
        Assert.Equal(StoreStatus.Ok, _door.Store.Put(_door.Store.Key("large"u8), new PutRequest { Value = old }).Status);
        using HttpResponseMessage response = await _door.Client.GetAsync(
            Path + "large", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        for (int i = 0; i < 3; i++)
        {
            byte[] other = new byte[20 << 20];
            Array.Fill(other, (byte)('0' + i));
            Assert.Equal(StoreStatus.Ok, _door.Store.Put(_door.Store.Key("large"u8), new PutRequest { Value = other }).Status);
        }

        Assert.Equal(old, await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("GET /v1/ns/default/keys/large", 20 << 20)]
    [InlineData("GET /v1/ns/default/keys?limit=10000", 100)]
    [InlineData("POST /v1/execute", 20 << 20)]
    public async Task Client_that_does_not_take_its_reply_is_cut_off_and_holds_nothing(string line, int length)
    {
        const string Body = """{"commands":[{"cmd_type":"GET","key":"large"}]}""";
        string body = line.StartsWith("POST", StringComparison.Ordinal) ? $"Content-Length: {Body.Length}\r\n\r\n{Body}" : "\r\n";
        using RunningDoor door = new(
            RunningDoor.Defaults with { Limits = new HttpLimits { StallSeconds = 1 } }, new StoreOptions { MemoryLimitBytes = 128 << 20, MaxItemBytes = 32 << 20 });
        Assert.Equal(StoreStatus.Ok, door.Store.Put(door.Store.Key("large"u8), new PutRequest { Value = System.Text.Encoding.ASCII.GetBytes(new string('v', length)) }).Status);
        for (int i = 0; i < 10_000; i++)
        {
            Assert.Equal(StoreStatus.Ok, door.Store.Put(door.Store.Key(System.Text.Encoding.ASCII.GetBytes($"{i}{new string('k', 200)}")), new PutRequest()).Status);
        }

        List<System.Net.Sockets.TcpClient> stalled = [];
        for (int i = 0; i < 3; i++)
        {
            System.Net.Sockets.TcpClient client = new() { ReceiveBufferSize = 4096 };
            client.Connect(door.EndPoint);
            client.GetStream().Write(System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"{line} HTTP/1.1\r\nHost: localhost\r\n{body}", 10))));
            Assert.Equal('H', client.GetStream().ReadByte());
            stalled.Add(client);
        }

        await Eventually.Passes(() => Assert.Equal(0, door.Door.State.Requests.Count));
        foreach (System.Net.Sockets.TcpClient client in stalled)
        {
            Assert.InRange(await CountAsync(client.GetStream()), 1, Math.Max(length, 2_000_000)); // of ten replies
            client.Dispose();
        }
    }

    [Fact]
    public async Task Keys_are_bytes_slashes_and_escapes_included()
    {
        (string Escaped, byte[] Key)[] keys =
        [
            ("a%2Fb", "a/b"u8.ToArray()),
            ("x/y//z", "x/y//z"u8.ToArray()),
            ("100%25", "100%"u8.ToArray()),
            ("%252F", "%2F"u8.ToArray()),
            ("%01%FF%80", [1, 255, 128]),
            ("a+b", "a+b"u8.ToArray()),
            ("%C3%A9", "é"u8.ToArray()),
        ];
        foreach ((string escaped, byte[] key) in keys)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await Put(escaped, escaped)).Status);
            NullReader reader = default;
            Assert.Equal(StoreStatus.Ok, _door.Store.Read(_door.Store.Key(key), ref reader).Status);
            Assert.Equal(escaped, (await _door.Client.Get(Path + escaped)).Body);
        }
    }

    [Theory]
    [InlineData("PUT", Path + "k", "AotKv-TTL", "-1")]
    [InlineData("PUT", Path + "k", "AotKv-TTL", "soon")]
    [InlineData("PUT", Path + "k", "AotKv-Flags", "4294967296")]
    [InlineData("PUT", Path + "k?durability=paper", "X-None", "")]
    [InlineData("PUT", Path + "k?durability=disk", "X-None", "")]
    [InlineData("GET", Path, "X-None", "")]
    public async Task Mistakes_are_400(string method, string path, string header, string value)
    {
        Reply got = await _door.Client.Send(method, path, method == "PUT" ? "v" : null, (header, value));
        Assert.Equal(HttpStatusCode.BadRequest, got.Status);
        Assert.NotEmpty(got.Error);
    }

    [Fact]
    public async Task Ttl_of_some_milliseconds_ends_the_item()
    {
        await Put("brief", "v", ("AotKv-TTL", "40"));
        long until = Environment.TickCount64 + 60_000;
        while ((await _door.Client.Get(Path + "brief")).Status == HttpStatusCode.OK)
        {
            Assert.True(Environment.TickCount64 < until, "the item outlived its time by a minute");
        }
    }

    [Fact]
    public async Task Memcached_and_http_clients_see_each_other_at_once()
    {
        using MemcachedClient memcached = new(_door.Server!.EndPoints[0]);
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal("STORED\r\n", memcached.Set("shared", $"m{i}", flags: i));
            Reply got = await _door.Client.Get(Path + "shared");
            Assert.Equal(($"m{i}", $"{i}"), (got.Body, got.Header("AotKv-Flags")));
            await Put("shared", $"h{i}", ("AotKv-Flags", $"{i}"));
            Assert.Equal($"VALUE shared {i} {i.ToString(System.Globalization.CultureInfo.InvariantCulture).Length + 1}\r\nh{i}\r\nEND\r\n", memcached.Get("shared"));
        }

        string cas = (await _door.Client.Get(Path + "shared")).Header("ETag")!.Trim('"');
        Assert.Equal("STORED\r\n", memcached.Ask($"cas shared 0 0 1 {cas}\r\nx\r\n"));
        Assert.Equal("DELETED\r\n", memcached.Ask("delete shared\r\n"));
        Assert.Equal(HttpStatusCode.NotFound, (await _door.Client.Get(Path + "shared")).Status);
    }

    /// <summary>Bytes until the end, which may be a reset.</summary>
    private static async Task<long> CountAsync(Stream stream)
    {
        byte[] buffer = new byte[64 << 10];
        long count = 0;
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)) > 0; count += read)
            {
            }
        }
        catch (IOException)
        {
            // Cut off.
        }

        return count;
    }

    private Task<Reply> Put(string key, string value, params (string, string)[] headers) => _door.Client.Send("PUT", Path + key, value, headers);

    private struct NullReader : IItemReader
    {
        public readonly void Read(in Item item)
        {
        }
    }
}
