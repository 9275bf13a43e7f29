using AotKv.Engine.Namespaces;
using AotKv.Engine.Tests.Durability;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests.Golden;

/// <summary>The operations whose log is kept as files, and what a store that reads them must hold. Never changed: a new version adds its own.</summary>
internal static class GoldenLog
{
    public const int SegmentBytes = 16 << 10;
    private static readonly byte[] LongKey = StoreDriver.Bytes(new string('K', 300));
    private static readonly byte[] LargeValue = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    public static Store Open(SimulatedDisk disk, string directory, bool repair = false) => new(new StoreOptions
    {
        MemoryLimitBytes = 1 << 20,
        MaxItemBytes = 1 << 18,
        SegmentBytes = SegmentBytes,
        StoreId = 0x1122334455667788,
        EvictionDisabled = true,
        HashSeed = 1,
        Clock = new ManualClock(),
        DataDirectory = directory,
        RunsByHand = true,
        Repair = repair,
        DeviceFactory = _ => disk.Attach(),
    });

    /// <summary>Writes the log.</summary>
    public static void Write(Store store)
    {
        StoreNamespace blue = store.CreateNamespace("blue")!;
        StoreNamespace gone = store.CreateNamespace("gone")!;
        long soon = store.Clock.Milliseconds + 3_600_000;
        Put(store, store.DefaultNamespace, "plain"u8, "value"u8);
        Put(store, store.DefaultNamespace, "flags"u8, "f"u8, flags: 0xA1B2C3D4);
        Put(store, store.DefaultNamespace, "expiry"u8, ""u8, expiry: soon);
        Put(store, store.DefaultNamespace, LongKey, "long key"u8, flags: 1, expiry: soon);
        Put(store, store.DefaultNamespace, "large"u8, LargeValue, flags: 2);
        Put(store, store.DefaultNamespace, "plain"u8, "overwritten"u8);
        Put(store, store.DefaultNamespace, "number"u8, "41"u8);
        Assert.Equal(42UL, store.Count(store.Key("number"u8), 1, decrement: false).Number);
        Put(store, store.DefaultNamespace, "deleted"u8, "x"u8);
        Assert.Equal(StoreStatus.Ok, store.Delete(store.Key("deleted"u8)).Status);
        Put(store, store.DefaultNamespace, "touched"u8, "t"u8);
        Assert.Equal(StoreStatus.Ok, store.Touch(store.Key("touched"u8), soon).Status);
        Put(store, blue, "plain"u8, "in blue"u8);
        Put(store, gone, "plain"u8, "in gone"u8);
        Assert.True(store.DropNamespace(gone));
        using var batch = new StoreBatch();
        batch.Put(store.DefaultNamespace, "batch 1"u8, new PutRequest { Value = "b1"u8 });
        batch.Put(blue, "batch 2"u8, new PutRequest { Value = "b2"u8, ClientFlags = 7 });
        batch.Delete(store.DefaultNamespace, "flags"u8);
        Assert.Equal(StoreStatus.Ok, store.Run(batch).Status);
        Assert.True(store.Flush((store.Clock.Milliseconds + 7_200_000) * 1000));
    }

    /// <summary>Holds a store that has read the log against what was written.</summary>
    public static void Check(Store store)
    {
        ulong first = (ulong)new ManualClock().Microseconds;
        long soon = new ManualClock().InMilliseconds(3_600_000);
        StoreNamespace blue = store.FindNamespace("blue")!;
        Assert.Null(store.FindNamespace("gone"));
        Assert.Equal(("overwritten", 0u, 0L), Seen(store, store.DefaultNamespace, "plain"u8));
        Assert.Null(Seen(store, store.DefaultNamespace, "flags"u8));
        Assert.Equal(("", 0u, soon), Seen(store, store.DefaultNamespace, "expiry"u8));
        Assert.Equal(("long key", 1u, soon), Seen(store, store.DefaultNamespace, LongKey));
        Assert.Equal((System.Text.Encoding.Latin1.GetString(LargeValue), 2u, 0L), Seen(store, store.DefaultNamespace, "large"u8));
        Assert.Equal(("42", 0u, 0L), Seen(store, store.DefaultNamespace, "number"u8));
        Assert.Null(Seen(store, store.DefaultNamespace, "deleted"u8));
        Assert.Equal(("t", 0u, soon), Seen(store, store.DefaultNamespace, "touched"u8));
        Assert.Equal(("in blue", 0u, 0L), Seen(store, blue, "plain"u8));
        Assert.Equal(("b1", 0u, 0L), Seen(store, store.DefaultNamespace, "batch 1"u8));
        Assert.Equal(("b2", 7u, 0L), Seen(store, blue, "batch 2"u8));
        Assert.InRange(store.LastRevision, first + 15, first + 40);
        Assert.Equal((9L, 2L), (store.Statistics().Items, blue.Items));
    }

    private static void Put(Store store, StoreNamespace ns, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, uint flags = 0, long expiry = 0)
    {
        var put = new PutRequest { Value = value, ClientFlags = flags, ExpiryMilliseconds = expiry };
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key(ns, key), put).Status);
    }

    private static (string Value, uint Flags, long Expiry)? Seen(Store store, StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        var reader = default(Reader);
        return store.Read(store.Key(ns, key), ref reader).Status == StoreStatus.Ok ? reader.Item : null;
    }

    private struct Reader : IItemReader
    {
        public (string Value, uint Flags, long Expiry)? Item;

        public void Read(in Item item) => Item = (System.Text.Encoding.Latin1.GetString(item.Value), item.ClientFlags, item.ExpiryMilliseconds);
    }
}
