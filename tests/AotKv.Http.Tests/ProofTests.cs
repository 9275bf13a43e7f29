using System.Globalization;
using System.Text;
using System.Text.Json;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

/// <summary>
/// The three probes with which memstore was found wanting, over HTTP: torn reads, stale reads, mixed outcomes. The counts are small by
/// default; AOTKV_HTTP_PROBES=full runs as many as the probes of memstore did.
/// </summary>
public sealed class ProofTests : IDisposable
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("AOTKV_HTTP_PROBES") == "full";

    private readonly RunningDoor _door = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _door.Dispose();

    [Fact]
    public async Task Reader_of_500_keys_never_sees_parts_of_two_transactions()
    {
        const int Keys = 500;
        int wanted = IsFull ? 5000 : 150;
        await Execute(_door.Client, Sets(Keys, "start"));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task[] writers = [Write("a"), Write("b")];
        string gets = $$"""{"commands":[{{string.Join(",", Enumerable.Range(0, Keys).Select(i => $$"""{"cmd_type":"GET","key":"t{{i}}"}"""))}}]}""";
        HashSet<string> seen = [];
        for (int read = 0; read < wanted || (seen.Count <= 2 && !writers.Any(writer => writer.IsCompleted)); read++)
        {
            string[] values = await Execute(_door.Client, gets);
            string first = values[0];
            Assert.All(values, value => Assert.Equal(first, value));
            seen.Add(first);
        }

        end.Cancel();
        await Task.WhenAll(writers);
        Assert.True(seen.Count > 2, $"the writers wrote only {seen.Count} times");

        async Task Write(string name)
        {
            using HttpClient client = _door.NewClient();
            for (int i = 0; !end.IsCancellationRequested; i++)
            {
                await Execute(client, Sets(Keys, $"{name}{i}"));
            }
        }
    }

    [Fact]
    public async Task Read_after_a_reply_on_another_connection_is_never_stale()
    {
        int rounds = IsFull ? 100_000 : 4000;
        using HttpClient other = _door.NewClient();
        for (int i = 0; i < rounds; i++)
        {
            string value = i.ToString(CultureInfo.InvariantCulture);
            await Execute(_door.Client, $$"""{"commands":[{"cmd_type":"SET","key":"s","value":"{{value}}"}]}""");
            Assert.Equal([value], await Execute(other, """{"commands":[{"cmd_type":"GET","key":"s"}]}"""));
        }
    }

    [Fact]
    public async Task Two_concurrent_transactions_never_end_mixed()
    {
        int rounds = IsFull ? 3000 : 300;
        using HttpClient other = _door.NewClient();
        string gets = $$"""{"commands":[{{string.Join(",", Enumerable.Range(0, 16).Select(i => $$"""{"cmd_type":"GET","key":"t{{i}}"}"""))}}]}""";
        for (int i = 0; i < rounds; i++)
        {
            await Task.WhenAll(Execute(_door.Client, Sets(16, $"a{i}")), Execute(other, Sets(16, $"b{i}")));
            string[] values = await Execute(_door.Client, gets);
            Assert.True(values.Distinct().Count() == 1 && (values[0] == $"a{i}" || values[0] == $"b{i}"), $"round {i}: {string.Join(" ", values)}");
        }
    }

    [Fact]
    public async Task Concurrent_increments_lose_none()
    {
        const int Clients = 8;
        const int Each = 100;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            using HttpClient client = _door.NewClient();
            for (int i = 0; i < Each; i++)
            {
                await Execute(client, """{"commands":[{"cmd_type":"INCR","key":"n1"},{"cmd_type":"INCR","key":"n2","by":2}]}""");
            }
        }));
        Assert.Equal([$"{Clients * Each}", $"{Clients * Each * 2}"], await Execute(_door.Client, """{"commands":[{"cmd_type":"GET","key":"n1"},{"cmd_type":"GET","key":"n2"}]}"""));
    }

    private static string Sets(int keys, string value) =>
        $$"""{"commands":[{{string.Join(",", Enumerable.Range(0, keys).Select(i => $$"""{"cmd_type":"SET","key":"t{{i}}","value":"{{value}}"}"""))}}]}""";

    private static async Task<string[]> Execute(HttpClient client, string body)
    {
        using ByteArrayContent content = new(Encoding.UTF8.GetBytes(body));
        using HttpResponseMessage response = await client.PostAsync(new Uri("/v1/execute", UriKind.Relative), content, Cancellation);
        byte[] reply = await response.Content.ReadAsByteArrayAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(reply));
        using JsonDocument document = JsonDocument.Parse(reply);
        return [.. document.RootElement.GetProperty("results").EnumerateArray().Select(item => item.GetString()!)];
    }
}
