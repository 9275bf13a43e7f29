using System.Net;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests.Metrics;

public sealed class StatusTests
{
    [Fact]
    public async Task Status_counts_what_clients_did_and_names_the_slowest_without_keys()
    {
        using RunningDoor door = new(withMemcached: true);
        using TextClient client = new(door.Server!.EndPoints[0]);
        client.Set("secret-key", "secret-value");
        Assert.True(client.Get("secret-key"));
        Assert.False(client.Get("other-secret"));
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get("/v1/ns/default/keys/secret-key")).Status);

        // Turns of loops and HTTP requests are counted when their replies are sent.
        Reply reply = await door.Client.Get("/v1/status");
        await Eventually.Passes(async () =>
        {
            reply = await door.Client.Get("/v1/status");
            Assert.True(Times(reply, "memcached") >= 3, "a turn is not counted");
            Assert.Contains("GET /v1/ns/{namespace}/keys/{key} 200", reply.Body, StringComparison.Ordinal);
        });
        JsonElement status = reply.Json;
        Assert.Equal("ready", status.GetProperty("state").GetString());
        Assert.Equal((1, 1, 1), (Count(status, "get", "hit"), Count(status, "get", "miss"), Count(status, "set", "any")));
        Assert.InRange(status.GetProperty("http_requests").GetInt64(), 1, 1000); // those for the status itself too
        Assert.Equal(1, status.GetProperty("items").GetInt64());
        Assert.Equal(1, status.GetProperty("connections").GetProperty("memcached").GetInt64());
        Assert.Equal("default", status.GetProperty("namespaces")[0].GetProperty("name").GetString());
        JsonElement latency = status.GetProperty("latency");
        Assert.Equal(latency.GetProperty("bounds_s").GetArrayLength() + 1, latency.GetProperty("memcached").GetArrayLength());
        Assert.InRange(Times(reply, "http"), 1, 1000);
        string[] slowest = [.. status.GetProperty("slowest").EnumerateArray().Select(slow => slow.GetProperty("what").GetString()!)];
        Assert.Contains("GET /v1/ns/{namespace}/keys/{key} 200", slowest);
        Assert.Contains(slowest, what => what.EndsWith("connections 1, gets 0, sets 1", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", reply.Body, StringComparison.Ordinal);
        double[] took = [.. status.GetProperty("slowest").EnumerateArray().Select(slow => slow.GetProperty("took_s").GetDouble())];
        Assert.Equal(took.OrderDescending(), took);
    }

    [Fact]
    public async Task Status_during_recovery_tells_how_far_it_is()
    {
        using HttpDoor door = HttpDoor.Start(RunningDoor.Defaults, _ => { });
        using HttpClient client = new() { BaseAddress = new Uri($"http://{door.EndPoints[0]}") };
        door.Recovery.Report(new RecoveryProgress("indexing", 3, 7, 12, 100, 400, TimeSpan.FromMilliseconds(250)));
        JsonElement status = (await client.Get("/v1/status")).Json;
        Assert.Equal("recovering", status.GetProperty("state").GetString());
        JsonElement recovery = status.GetProperty("recovery");
        Assert.Equal((3, 7, 750), (recovery.GetProperty("segments_done").GetInt32(), recovery.GetProperty("segments_total").GetInt32(), recovery.GetProperty("left_ms").GetInt64()));
        door.Stop();
    }

    [Fact]
    public async Task Dashboard_is_one_page_that_may_load_nothing_else()
    {
        using RunningDoor door = new();
        Reply page = await door.Client.Get("/");
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (page.Status, page.Header("Content-Type")));
        Assert.Matches("^default-src 'none'; connect-src 'self'; img-src data:; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; ", page.Header("Content-Security-Policy"));
        Assert.DoesNotMatch("(src|href)=\"(?!data:)|@import|url\\(", page.Body);
        Assert.DoesNotContain(" style=\"", page.Body, StringComparison.Ordinal);
    }

    private static long Times(Reply reply, string of) =>
        reply.Json.GetProperty("latency").GetProperty(of).EnumerateArray().Sum(count => count.GetInt64());

    private static long Count(JsonElement status, string command, string outcome) => status.GetProperty("requests").EnumerateArray()
        .Single(entry => entry.GetProperty("command").GetString() == command && entry.GetProperty("outcome").GetString() == outcome).GetProperty("count").GetInt64();
}
