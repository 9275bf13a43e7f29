using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

/// <summary>
/// The feed while writers write: each transaction sets or deletes some keys with values that say which transaction it was. Readers of
/// every kind come, stall, break off and come again where they were; what each has got in all is held against what was written.
/// </summary>
public sealed class FeedLoadTests
{
    private const int KeyCount = 300;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Readers_that_come_stall_and_go_get_every_transaction_once_whole_and_in_order()
    {
        int seed = Environment.TickCount;
        int transactions = Environment.GetEnvironmentVariable("AOTKV_HTTP_PROBES") == "full" ? 60_000 : 4000;

        // Large enough for nothing to be cleaned away before the slowest reader has seen it.
        using RunningDoor door = new(store: new StoreOptions { MemoryLimitBytes = 1 << 30 });
        ConcurrentDictionary<ulong, string> written = new();
        Task<List<(ulong Revision, string Said)>>[] readers = [.. Enumerable.Range(0, 8).Select(i => Follow(door, i, seed + i, transactions))];
        await Task.WhenAll(Enumerable.Range(0, 3).Select(writer => Task.Run(() => Write(door.Store, writer, seed, transactions / 3, written), Cancellation)));

        // The end, which every reader waits for.
        using StoreBatch last = new();
        last.Put(door.Store.DefaultNamespace, "end"u8, new PutRequest { Value = "end"u8 });
        written[door.Store.Run(last).Revision] = "put end end";
        string[] expected = [.. written.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}: {pair.Value}")];
        foreach (Task<List<(ulong Revision, string Said)>> reader in readers)
        {
            string[] got = [.. (await reader).Select(line => $"{line.Revision}: {line.Said}")];
            int different = Enumerable.Range(0, Math.Min(expected.Length, got.Length)).FirstOrDefault(i => expected[i] != got[i], -1);
            Assert.True(different < 0, $"seed {seed}: at {different} expected {(different < 0 ? "" : expected[different])}, got {(different < 0 ? "" : got[different])}");
            Assert.Equal(expected.Length, got.Length);
        }
    }

    [Fact]
    public async Task Reader_that_stalls_too_long_is_cut_off_and_costs_no_memory()
    {
        using RunningDoor door = new(
            RunningDoor.Defaults with { Limits = new HttpLimits { StallSeconds = 1 } }, new StoreOptions { MemoryLimitBytes = 16 << 20, MaxItemBytes = 128 << 10 });
        using System.Net.Sockets.TcpClient stalled = new() { ReceiveBufferSize = 4096 };
        stalled.Connect(door.EndPoint);
        stalled.GetStream().Write("GET /v1/ns/default/changes?follow=true&after=now HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        byte[] value = new byte[100_000];
        bool wasIn = false;
        for (int i = 0; !wasIn || door.Door.State.Streams.Count > 0; i++)
        {
            door.Store.Put(door.Store.Key(Encoding.ASCII.GetBytes($"k{i % 50}")), new PutRequest { Value = value });
            wasIn |= door.Door.State.Streams.Count > 0;
            await Task.Delay(1, Cancellation);
        }

        await Eventually.Passes(() => Assert.Equal(0, door.Door.State.Buffers.Used));
    }

    private static void Write(Store store, int writer, int seed, int count, ConcurrentDictionary<ulong, string> written)
    {
        Random random = new(seed + (1000 * writer));
        using StoreBatch batch = new();
        for (int i = 0; i < count; i++)
        {
            batch.Clear();
            SortedDictionary<int, string> said = [];
            List<int> order = [];
            for (int n = random.Next(1, 6); n > 0; n--)
            {
                // Each writer has keys of its own, so it knows which are there; a key once in a transaction.
                int key = (random.Next(KeyCount) * 3) + writer;
                if (said.TryAdd(key, $"put k{key} {writer}.{i}"))
                {
                    order.Add(key);
                    batch.Put(store.DefaultNamespace, Encoding.ASCII.GetBytes($"k{key}"), new PutRequest { Value = Encoding.ASCII.GetBytes($"{writer}.{i}") }, isRequired: true);
                }
            }

            BatchOutcome outcome = store.Run(batch);
            if (outcome.Status != StoreStatus.Ok)
            {
                throw new InvalidOperationException($"{outcome.Status}");
            }

            written[outcome.Revision] = string.Join("; ", order.Select(key => said[key]));
            if (i % 64 == 0)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>One reader's whole way: by turns it polls, follows lines, follows events or a web socket, for a random while each.</summary>
    private static async Task<List<(ulong Revision, string Said)>> Follow(RunningDoor door, int number, int seed, int transactions)
    {
        Random random = new(seed);
        List<(ulong Revision, string Said)> got = [];
        using HttpClient client = door.NewClient();
        ulong after = 0;
        while (got.Count == 0 || got[^1].Said != "put end end")
        {
            int most = random.Next(1, Math.Max(transactions / 5, 2));
            IAsyncEnumerable<string> lines = ((number + random.Next(4)) % 4) switch
            {
                0 => Poll(client, after),
                1 => Lines(client, after, isEvents: false),
                2 => Lines(client, after, isEvents: true),
                _ => Messages(door, after),
            };
            await foreach (string line in lines)
            {
                Assert.Contains("\"changes\":", line, StringComparison.Ordinal);
                using JsonDocument document = JsonDocument.Parse(line);
                after = document.RootElement.GetProperty("revision").GetUInt64();
                string said = string.Join("; ", document.RootElement.GetProperty("changes").EnumerateArray()
                    .Select(change => $"{change.GetProperty("op")} {change.GetProperty("key")} {change.GetProperty("value")}"));
                if (said.Length > 0)
                {
                    got.Add((after, said));
                }

                if (random.Next(500) == 0)
                {
                    await Task.Delay(random.Next(30), Cancellation); // stalls
                }

                if (--most <= 0 || said == "put end end")
                {
                    break; // goes
                }
            }
        }

        return got;
    }

    private static async IAsyncEnumerable<string> Poll(HttpClient client, ulong after)
    {
        string body = await client.GetStringAsync(new Uri(Path(after) + "&wait=200", UriKind.Relative), Cancellation);
        foreach (string line in body.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return line;
        }
    }

    private static async IAsyncEnumerable<string> Lines(HttpClient client, ulong after, bool isEvents)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, Path(after) + "&follow=true");
        request.Headers.TryAddWithoutValidation("Accept", isEvents ? "text/event-stream" : "*/*");
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        response.EnsureSuccessStatusCode();
        using StreamReader reader = new(await response.Content.ReadAsStreamAsync(Cancellation));
        const string Data = "data: ";
        while (await reader.ReadLineAsync(Cancellation) is { } line)
        {
            if (!isEvents || line.StartsWith(Data, StringComparison.Ordinal))
            {
                yield return isEvents ? line[Data.Length..] : line;
            }
        }
    }

    private static async IAsyncEnumerable<string> Messages(RunningDoor door, ulong after)
    {
        using ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://{door.EndPoint}{Path(after)}"), Cancellation);
        byte[] buffer = new byte[64 << 10];
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(buffer, Cancellation);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                yield break;
            }

            yield return Encoding.UTF8.GetString(buffer, 0, result.Count);
        }
    }

    private static string Path(ulong after) => string.Create(CultureInfo.InvariantCulture, $"/v1/ns/default/changes?after={after}");
}
