using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class FeedTests : IDisposable
{
    private const string Changes = "/v1/ns/default/changes";
    private readonly RunningDoor _door = new(store: new StoreOptions { MemoryLimitBytes = 4 << 20, MaxItemBytes = 256 << 10 }, withMemcached: true);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Changes_come_a_transaction_a_line_and_can_be_gone_on_from()
    {
        await Put("a", "1");
        await Execute("""{"commands":[{"cmd_type":"SET","key":"b","value":"2","flags":7},{"cmd_type":"DEL","key":"a"},{"cmd_type":"GET","key":"b"},{"cmd_type":"SET","key_base64":"/wA=","value_base64":"AP8="}]}""");
        Reply reply = await _door.Client.Get($"{Changes}?after=0");
        Assert.Equal("application/x-ndjson; charset=utf-8", reply.Header("Content-Type"));
        JsonElement[] lines = Lines(reply.Body);
        Assert.Equal(2, lines.Length);
        Assert.Equal(["put a 1"], Said(lines[0]));
        Assert.Equal(["put b 2", "delete a ", "put_64 /wA= AP8="], Said(lines[1]));
        Assert.Equal(7, lines[1].GetProperty("changes")[0].GetProperty("flags").GetInt32());
        Assert.Equal(["put b 2", "delete a ", "put_64 /wA= AP8="], Said(Lines((await _door.Client.Get($"{Changes}?after={Revision(lines[0])}")).Body)[0]));
        JsonElement nothing = Assert.Single(Lines((await _door.Client.Get($"{Changes}?after={Revision(lines[1])}")).Body));
        Assert.Equal((Revision(lines[1]), 0), (Revision(nothing), nothing.GetProperty("changes").GetArrayLength()));
        Assert.Equal(["put a 1"], Said(Assert.Single(Lines((await _door.Client.Get($"{Changes}?after=0&limit=1")).Body))));
        Assert.Contains("\"size\":1", (await _door.Client.Get($"{Changes}?after=0&values=false")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memcached_and_http_writes_are_both_in_the_feed()
    {
        using MemcachedClient memcached = new(_door.Server!.EndPoints[0]);
        memcached.Set("m", "1");
        await Put("h", "2");
        memcached.Ask("incr m 41\r\n");
        memcached.Ask("delete h\r\n");
        memcached.Ask("flush_all\r\n");
        JsonElement[] lines = Lines((await _door.Client.Get($"{Changes}?after=0")).Body);
        Assert.Equal(["put m 1", "put h 2", "put m 42", "delete h ", "flush"], lines.SelectMany(Said).Select(line => line.StartsWith("flush", StringComparison.Ordinal) ? "flush" : line));
    }

    [Fact]
    public async Task Namespace_sees_its_own_changes_only_and_how_far_the_feed_is()
    {
        _door.Store.CreateNamespace("one");
        await _door.Client.Send("PUT", "/v1/ns/one/keys/k", "v");
        await Put("other", "x");
        await Execute("""{"commands":[{"cmd_type":"SET","key":"p","value":"1"},{"cmd_type":"SET","key":"q","value":"2","namespace":"one"}]}""");
        JsonElement[] lines = Lines((await _door.Client.Get("/v1/ns/one/changes")).Body);
        Assert.Equal(["create  ", "put k v", "put q 2"], lines.SelectMany(Said));
        await Put("other", "y");
        JsonElement progress = Assert.Single(Lines((await _door.Client.Get($"/v1/ns/one/changes?after={Revision(lines[^1])}")).Body));
        Assert.Equal(_door.Store.LastRevision, Revision(progress));
        await _door.Client.Send("DELETE", "/v1/ns/one");
        Assert.Equal(HttpStatusCode.NotFound, (await _door.Client.Get("/v1/ns/one/changes")).Status);
    }

    [Fact]
    public async Task Long_poll_waits_for_the_next_change_or_its_time()
    {
        await Put("a", "1");
        Task<Reply> polled = _door.Client.Get($"{Changes}?after=now&wait=60000");
        await Eventually.Passes(() => Assert.Equal(1, _door.Door.State.Streams.Count));

        await Put("a", "2");
        Assert.Equal(["put a 2"], Lines((await polled).Body).SelectMany(Said));
        Reply timeUp = await _door.Client.Get($"{Changes}?after=now&wait=30");
        Assert.Equal((HttpStatusCode.OK, 0), (timeUp.Status, Assert.Single(Lines(timeUp.Body)).GetProperty("changes").GetArrayLength()));
    }

    [Fact]
    public async Task Reader_that_was_overtaken_is_told_410_and_where_to_go_on()
    {
        ulong start = Revision(await Put("a", "1"));
        for (int i = 0; i < 200; i++)
        {
            await Put($"fill{i % 50}", new string('f', 100_000));
        }

        Reply gone = await _door.Client.Get($"{Changes}?after={start}");
        Assert.Equal(HttpStatusCode.Gone, gone.Status);
        Assert.Contains("list the keys", gone.Error, StringComparison.Ordinal);
        ulong revision = gone.Json.GetProperty("revision").GetUInt64();
        Assert.Equal(HttpStatusCode.OK, (await _door.Client.Get($"{Changes}?after={revision}")).Status);
        Assert.Equal(HttpStatusCode.Gone, (await _door.Client.Get($"{Changes}?after={ulong.MaxValue}")).Status);
    }

    [Theory]
    [InlineData("after=x")]
    [InlineData("after=-1")]
    [InlineData("wait=300001")]
    [InlineData("limit=0")]
    public async Task Mistakes_are_400(string query) => Assert.Equal(HttpStatusCode.BadRequest, (await _door.Client.Get($"{Changes}?{query}")).Status);

    [Fact]
    public async Task Event_source_gets_events_with_ids_and_goes_on_after_the_last()
    {
        ulong first = Revision(await Put("a", "1"));
        await Put("b", "2");
        using HttpRequestMessage request = new(HttpMethod.Get, Changes);
        request.Headers.Accept.ParseAdd("text/event-stream");
        request.Headers.TryAddWithoutValidation("Last-Event-ID", $"{first}");
        using HttpResponseMessage response = await _door.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.ToString());
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Matches("^id: [0-9]+$", await reader.ReadLineAsync(Cancellation));
        Assert.Contains("\"key\":\"b\"", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.Equal("", await reader.ReadLineAsync(Cancellation));
        ulong third = Revision(await Put("c", "3"));
        Assert.Equal($"id: {third}", await reader.ReadLineAsync(Cancellation));
        Assert.StartsWith("data: {\"revision\":", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Web_socket_gets_a_message_for_each_transaction_and_a_goodbye()
    {
        await Put("a", "1");
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{_door.EndPoint}{Changes}?after=0"), Cancellation);
        Assert.Equal(["put a 1"], Said(await Receive(socket)));
        await Execute("""{"commands":[{"cmd_type":"SET","key":"b","value":"2"},{"cmd_type":"SET","key":"c","value":"3"}]}""");
        Assert.Equal(["put b 2", "put c 3"], Said(await Receive(socket)));
        await socket.SendAsync(new byte[1000], WebSocketMessageType.Binary, true, Cancellation);
        Task stop = Task.Run(_door.Door.Stop, Cancellation);
        WebSocketReceiveResult end = await socket.ReceiveAsync(new byte[1000], Cancellation);
        Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable), (end.MessageType, end.CloseStatus));
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        await stop;
    }

    [Fact]
    public async Task Web_socket_that_the_client_closes_is_closed()
    {
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{_door.EndPoint}{Changes}?after=now"), Cancellation);
        await Receive(socket);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation);
        Assert.Equal(WebSocketState.Closed, socket.State);
        await Eventually.Passes(() => Assert.Equal(0, _door.Door.State.Streams.Count));
    }

    [Fact]
    public async Task Stream_of_lines_ends_when_the_door_stops()
    {
        using HttpResponseMessage response = await _door.Client.GetAsync($"{Changes}?after=now&follow=true", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Contains("\"changes\":[]", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        await Put("a", "1");
        Assert.Contains("\"key\":\"a\"", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        _door.Door.Stop();
        Assert.Null(await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Stream_ends_with_the_namespace()
    {
        _door.Store.CreateNamespace("brief");
        using HttpResponseMessage response = await _door.Client.GetAsync("/v1/ns/brief/changes?follow=true", HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancellation));
        Assert.Contains("create", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        _door.Store.DropNamespace(_door.Store.FindNamespace("brief")!);
        Assert.Contains("drop", await reader.ReadLineAsync(Cancellation), StringComparison.Ordinal);
        Assert.Null(await reader.ReadLineAsync(Cancellation));
    }

    [Fact]
    public async Task Reader_beyond_the_limit_is_told_to_come_again()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Limits = new HttpLimits { Streams = 0 } });
        Reply refused = await door.Client.Get(Changes);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (refused.Status, refused.Header("Retry-After")));
    }

    [Fact]
    public async Task Store_without_a_feed_says_so()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { HasFeed = false });
        Assert.Equal(HttpStatusCode.NotImplemented, (await door.Client.Get(Changes)).Status);
    }

    private static ulong Revision(JsonElement line) => line.GetProperty("revision").GetUInt64();

    private static ulong Revision(Reply put) => ulong.Parse(put.Header("ETag")!.Trim('"'), System.Globalization.CultureInfo.InvariantCulture);

    private static JsonElement[] Lines(string body) => [.. body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static IEnumerable<string> Said(JsonElement line) => line.GetProperty("changes").EnumerateArray().Select(change =>
        change.TryGetProperty("key_base64", out JsonElement key)
            ? $"{change.GetProperty("op")}_64 {key} {change.GetProperty("value_base64")}"
            : $"{change.GetProperty("op")} {Text(change, "key")} {Text(change, "value")}");

    private static string Text(JsonElement change, string name) => change.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";

    private static async Task<JsonElement> Receive(ClientWebSocket socket)
    {
        byte[] buffer = new byte[64 << 10];
        WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, Cancellation);
        Assert.Equal((WebSocketMessageType.Text, true), (result.MessageType, result.EndOfMessage));
        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, result.Count)).RootElement;
    }

    private Task<Reply> Put(string key, string value) => _door.Client.Send("PUT", $"/v1/ns/default/keys/{key}", value);

    private Task<Reply> Execute(string body) => _door.Client.Send("POST", "/v1/execute", body);
}
