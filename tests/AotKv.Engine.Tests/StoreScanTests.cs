using System.Globalization;

namespace AotKv.Engine.Tests;

public sealed class StoreScanTests
{
    [Fact]
    public void Scan_of_a_quiet_store_sees_every_item_once()
    {
        using var store = new StoreDriver();
        for (int i = 0; i < 20_000; i++)
        {
            store.Put(KeyOf(i), "v");
        }

        store.Put("expired", "v", expiry: 1);
        Dictionary<string, int> seen = ScanAll(store, null);
        Assert.Equal(20_000, seen.Count);
        Assert.All(seen.Values, times => Assert.Equal(1, times));
    }

    [Fact]
    public void Scan_of_one_namespace_sees_only_it()
    {
        using var store = new StoreDriver();
        Namespaces.StoreNamespace ns = store.Store.CreateNamespace("n")!;
        for (int i = 0; i < 100; i++)
        {
            store.Put(KeyOf(i), "v");
            store.Store.Put(store.Store.Key(ns, StoreDriver.Bytes(KeyOf(i + 50))), new PutRequest { Value = "w"u8 });
        }

        Assert.Equal(100, ScanAll(store, ns).Count);
        Assert.Contains(KeyOf(149), ScanAll(store, ns).Keys);
        Assert.Equal(100, ScanAll(store, store.Store.DefaultNamespace).Count);
        Assert.Equal(200, ScanAll(store, null).Values.Sum());
    }

    [Fact]
    public void Scan_while_others_write_sees_what_stays_exactly_once()
    {
        using var store = new StoreDriver(new StoreOptions { MemoryLimitBytes = 64 << 20 });
        for (int i = 0; i < 5000; i++)
        {
            store.Put("stay" + KeyOf(i), "v");
        }

        bool stop = false;
        var writer = new Thread(() =>
        {
            var random = new Random(3);
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                // Growth, shrinking, moves: everything that could make an item appear twice or not at all.
                store.Put("stay" + KeyOf(random.Next(5000)), new string('x', random.Next(300)));
                store.Put("come" + KeyOf(i % 60_000), "v");
                store.Delete("come" + KeyOf(random.Next(60_000)));
            }
        });
        writer.Start();
        for (int round = 0; round < 20; round++)
        {
            Dictionary<string, int> seen = ScanAll(store, null);
            for (int i = 0; i < 5000; i++)
            {
                Assert.True(seen.GetValueOrDefault("stay" + KeyOf(i)) == 1, $"round {round}: {KeyOf(i)} was seen {seen.GetValueOrDefault("stay" + KeyOf(i))} times");
            }
        }

        Volatile.Write(ref stop, true);
        writer.Join();
    }

    private static string KeyOf(int i) => "key" + i.ToString("D6", CultureInfo.InvariantCulture);

    private static Dictionary<string, int> ScanAll(StoreDriver store, Namespaces.StoreNamespace? ns)
    {
        var reader = new KeyReader { Seen = [] };
        ScanPosition position = default;
        while (store.Store.Scan(ref position, ns, ref reader))
        {
        }

        return reader.Seen;
    }

    private struct KeyReader : IItemReader
    {
        public Dictionary<string, int> Seen;

        public void Read(in Item item)
        {
            string key = System.Text.Encoding.Latin1.GetString(item.Key);
            Seen[key] = Seen.GetValueOrDefault(key) + 1;
        }
    }
}
