using System.Net;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class NamespaceTests : IDisposable
{
    private readonly RunningDoor _door = new();

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Namespace_is_created_listed_counted_and_dropped()
    {
        Assert.Equal(HttpStatusCode.Created, (await _door.Client.Send("PUT", "/v1/ns/caf%C3%A9")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _door.Client.Send("PUT", "/v1/ns/caf%C3%A9")).Status);
        Fill(_door.Store.FindNamespace("café")!, "k", 3);
        Fill(_door.Store.DefaultNamespace, "d", 2);
        JsonElement list = (await _door.Client.Get("/v1/ns")).Json.GetProperty("namespaces");
        Assert.Equal(["default 2", "café 3"], list.EnumerateArray().Select(ns => $"{ns.GetProperty("name")} {ns.GetProperty("items")}"));
        Assert.True((await _door.Client.Get("/v1/ns/caf%C3%A9")).Json.GetProperty("bytes").GetInt64() > 0);
        Assert.Equal(HttpStatusCode.NoContent, (await _door.Client.Send("DELETE", "/v1/ns/caf%C3%A9")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await _door.Client.Get("/v1/ns/caf%C3%A9")).Status);
        Assert.Equal(HttpStatusCode.Created, (await _door.Client.Send("PUT", "/v1/ns/caf%C3%A9")).Status);
        Assert.Equal(0, (await _door.Client.Get("/v1/ns/caf%C3%A9")).Json.GetProperty("items").GetInt64());
    }

    [Theory]
    [InlineData("DELETE", "/v1/ns/default", 409)]
    [InlineData("DELETE", "/v1/ns/nowhere", 404)]
    [InlineData("PUT", "/v1/ns/a%0Ab", 400)]
    [InlineData("PUT", "/v1/ns/%FF", 400)]
    [InlineData("PUT", "/v1/ns/", 400)]
    [InlineData("GET", "/v1/ns/default/keys?limit=0", 400)]
    [InlineData("GET", "/v1/ns/default/keys?limit=10001", 400)]
    [InlineData("GET", "/v1/ns/default/keys?cursor=0123456789abcdef", 410)]
    [InlineData("DELETE", "/v1/ns/default/keys", 400)]
    [InlineData("DELETE", "/v1/ns/default/keys?prefix=", 400)]
    [InlineData("DELETE", "/v1/ns/default/keys?prefix=a&all=true", 400)]
    [InlineData("DELETE", "/v1/ns/default/keys?prefix=&all=true", 400)]
    [InlineData("DELETE", "/v1/ns/default/keys?all=1", 400)]
    public async Task What_cannot_be_done_is_refused(string method, string path, int status)
    {
        Reply got = await _door.Client.Send(method, path);
        Assert.Equal(status, (int)got.Status);
        Assert.NotEmpty(got.Error);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task Pages_of_a_listing_name_every_key_once(int limit)
    {
        StoreNamespace ns = _door.Store.CreateNamespace("list")!;
        Fill(ns, "a:", limit == 1 ? 50 : 2500);
        Fill(ns, "b:", 300);
        Fill(_door.Store.DefaultNamespace, "a:", 500);
        List<string> seen = [];
        string? cursor = null;
        do
        {
            JsonElement page = (await _door.Client.Get($"/v1/ns/list/keys?prefix=a:&limit={limit}{(cursor == null ? "" : "&cursor=" + cursor)}")).Json;
            string[] keys = [.. page.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("key").GetString()!)];
            Assert.True(keys.Length <= limit, $"{keys.Length} keys on a page of {limit}");
            seen.AddRange(keys);
            cursor = page.TryGetProperty("cursor", out JsonElement next) ? next.GetString() : null;
        }
        while (cursor != null);
        Assert.Equal(Enumerable.Range(0, limit == 1 ? 50 : 2500).Select(i => $"a:{i}").Order(), seen.Order());
    }

    [Fact]
    public async Task Listing_tells_size_flags_revision_and_ttl()
    {
        Store store = _door.Store;
        Outcome put = store.Put(store.Key([1, 255]), new PutRequest { Value = "four"u8, ClientFlags = 9, ExpiryMilliseconds = store.Clock.Milliseconds + 5000 });
        JsonElement key = (await _door.Client.Get("/v1/ns/default/keys")).Json.GetProperty("keys")[0];
        Assert.Equal(("Af8=", 4, 9, put.Revision), (key.GetProperty("key_base64").GetString(), key.GetProperty("size").GetInt32(), key.GetProperty("flags").GetInt32(), key.GetProperty("revision").GetUInt64()));
        Assert.InRange(key.GetProperty("ttl").GetInt64(), 1, 5000);
    }

    [Fact]
    public async Task Delete_by_prefix_takes_those_and_no_others()
    {
        StoreNamespace ns = _door.Store.CreateNamespace("p")!;
        Fill(ns, "gone:", 3000);
        Fill(ns, "kept:", 40);
        Fill(_door.Store.DefaultNamespace, "gone:", 10);
        Assert.Equal("""{"deleted":3000}""", (await _door.Client.Send("DELETE", "/v1/ns/p/keys?prefix=gone:")).Body);
        Assert.Equal(40, ns.Items);
        Assert.Equal(10, (await _door.Client.Get("/v1/ns/default")).Json.GetProperty("items").GetInt64());
        Assert.Equal(HttpStatusCode.NoContent, (await _door.Client.Send("DELETE", "/v1/ns/p/keys?all=true")).Status);
        Assert.Equal(0, ns.Items);
    }

    private void Fill(StoreNamespace ns, string prefix, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(StoreStatus.Ok, _door.Store.Put(_door.Store.Key(ns, Encoding.UTF8.GetBytes($"{prefix}{i}")), new PutRequest { Value = "v"u8 }).Status);
        }
    }
}
