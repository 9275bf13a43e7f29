using System.Net;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class DoorTests
{
    [Fact]
    public async Task Health_of_an_open_store_is_alive_and_ready()
    {
        using RunningDoor door = new();
        Reply alive = await door.Client.Get("/healthz");
        Assert.Equal((HttpStatusCode.OK, """{"status":"alive"}"""), (alive.Status, alive.Body));
        Reply ready = await door.Client.Get("/readyz");
        Assert.Equal((HttpStatusCode.OK, """{"status":"ready"}"""), (ready.Status, ready.Body));
        Assert.Equal("application/json; charset=utf-8", ready.Header("Content-Type"));
    }

    [Fact]
    public async Task Health_during_recovery_is_alive_and_not_ready()
    {
        using HttpDoor door = HttpDoor.Start(RunningDoor.Defaults, _ => { });
        using HttpClient client = new() { BaseAddress = new Uri($"http://{door.EndPoints[0]}") };
        door.Recovery.Report(new RecoveryProgress("checking", 3, 7, 12, 100, 400, TimeSpan.FromMilliseconds(250)));
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/healthz")).Status);
        Reply ready = await client.Get("/readyz");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "recovering"), (ready.Status, ready.Error));
        Assert.Equal(3, ready.Json.GetProperty("recovery").GetProperty("segments_done").GetInt32());
        using Store store = new(new StoreOptions());
        door.Attach(store);
        Assert.Equal(HttpStatusCode.OK, (await client.Get("/readyz")).Status);
        door.Stop();
    }

    [Fact]
    public async Task Unknown_path_is_404_and_wrong_method_405_in_json()
    {
        using RunningDoor door = new();
        Reply missing = await door.Client.Get("/nothing/here");
        Assert.Equal(HttpStatusCode.NotFound, missing.Status);
        Assert.Contains("openapi", missing.Error, StringComparison.Ordinal);
        Reply wrong = await door.Client.Send("DELETE", "/healthz");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET, HEAD"), (wrong.Status, wrong.Header("Allow")));
        Assert.Contains("GET", wrong.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/")]
    [InlineData("/metrics")]
    [InlineData("/openapi.json")]
    [InlineData("/v1/ns")]
    [InlineData("/v1/ns/default/keys")]
    public async Task Head_of_what_can_be_got_is_answered_without_a_body(string path)
    {
        using RunningDoor door = new();
        Reply got = await door.Client.Get(path);
        Reply head = await door.Client.Send("HEAD", path);
        Assert.Equal((HttpStatusCode.OK, "", got.Header("Content-Type")), (head.Status, head.Body, head.Header("Content-Type")));
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get(path)).Status); // on the same connection, which is in step
    }

    [Fact]
    public async Task Head_of_the_feed_is_refused()
    {
        using RunningDoor door = new();
        Reply head = await door.Client.Send("HEAD", "/v1/ns/default/changes?follow=true");
        Assert.Equal((HttpStatusCode.MethodNotAllowed, "GET"), (head.Status, head.Header("Allow")));
    }

    [Fact]
    public void Start_with_a_log_that_cannot_be_opened_names_the_option()
    {
        HttpOptions options = RunningDoor.Defaults with { AccessLog = Path.Combine(Path.GetTempPath(), "no", "such", "folder", "log") };
        Assert.StartsWith("--http-log ", Assert.Throws<IOException>(() => HttpDoor.Start(options, _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_ends_idle_connections_and_refuses_new_ones()
    {
        using RunningDoor door = new();
        using System.Net.Sockets.TcpClient idle = new();
        idle.Connect(door.EndPoint);
        idle.GetStream().Write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        using StreamReader reader = new(idle.GetStream());
        while (reader.Read() is not '}' and var letter)
        {
            Assert.NotEqual(-1, letter); // the reply may come in pieces
        }

        IPEndPoint at = door.EndPoint;
        door.Door.Stop();
        Assert.Equal(-1, reader.Read());
        using System.Net.Sockets.TcpClient late = new();
        Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => late.Connect(at));
    }

    [Fact]
    public void Start_on_a_port_in_use_says_which()
    {
        using RunningDoor door = new();
        HttpOptions same = new() { Listen = [new("127.0.0.1", door.EndPoint.Port)] };
        HttpListenException exception = Assert.Throws<HttpListenException>(() => HttpDoor.Start(same, _ => { }));
        Assert.Contains($"127.0.0.1:{door.EndPoint.Port}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8080", "127.0.0.1:8080")]
    [InlineData("localhost:0", "localhost:0")]
    [InlineData("*:80", "*:80")]
    [InlineData("[::1]:81", "[::1]:81")]
    [InlineData("10.0.0.1:65535", "10.0.0.1:65535")]
    public void Address_that_is_one_is_read(string text, string said)
    {
        Assert.True(HttpAddress.TryParse(text, out HttpAddress address));
        Assert.Equal(said, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.org:80")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:-1")]
    public void Address_that_is_none_is_refused(string text) => Assert.False(HttpAddress.TryParse(text, out _));
}
