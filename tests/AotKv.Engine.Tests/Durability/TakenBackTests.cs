using System.Globalization;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests.Durability;

/// <summary>A batch that finds the log run out in the middle of being written: its records are voided, and say nothing to anybody.</summary>
public sealed class TakenBackTests : IDisposable
{
    private const int Keys = 60;
    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatedDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(900)]
    [InlineData(5_000)]
    public void A_batch_that_was_taken_back_and_written_again_is_there_once(int valueBytes)
    {
        using Store store = Open();
        PutAll(store, 'a', valueBytes);
        int refused = 0;
        store.Pool.RunsOut = () => refused++ == 0;
        Assert.Equal(StoreStatus.Ok, RunBatch(store, 'b', valueBytes));
        Assert.True(refused > 1, "the log did not run out in the batch");
        store.Pool.RunsOut = null;
        Assert.Contains("Void", LogDump.Of(_disk), StringComparison.Ordinal);
        CheckAll(store, 'b', valueBytes);
        Assert.Equal(Keys - 1, store.Statistics().Items);
        store.Abandon();
        using Store again = Open();
        CheckAll(again, 'b', valueBytes);
        Assert.Equal(Keys - 1, again.Statistics().Items);
    }

    [Theory]
    [InlineData(900)]
    [InlineData(5_000)]
    public void A_batch_that_finds_no_room_changes_nothing_now_or_after_a_kill(int valueBytes)
    {
        using Store store = Open();
        PutAll(store, 'a', valueBytes);
        store.Pool.RunsOut = () => true;
        Assert.Equal(StoreStatus.NoMemory, RunBatch(store, 'b', valueBytes));
        store.Pool.RunsOut = null;
        Assert.Contains("Void", LogDump.Of(_disk), StringComparison.Ordinal);
        CheckAll(store, 'a', valueBytes);
        Assert.True(store.SyncByHand());
        store.Abandon();
        using (Store again = Open())
        {
            CheckAll(again, 'a', valueBytes);
            Assert.Equal(StoreStatus.Ok, RunBatch(again, 'c', valueBytes));
        }

        using Store last = Open();
        CheckAll(last, 'c', valueBytes);
    }

    private static byte[] Key(int i) => StoreDriver.Bytes("key" + i.ToString(CultureInfo.InvariantCulture));

    private static byte[] Value(char letter, int bytes) => StoreDriver.Bytes(new string(letter, bytes));

    private static void PutAll(Store store, char letter, int valueBytes)
    {
        for (int i = 0; i < Keys; i++)
        {
            Assert.Equal(StoreStatus.Ok, store.Put(store.Key(Key(i)), new PutRequest { Value = Value(letter, valueBytes) }).Status);
        }
    }

    /// <summary>Overwrites all keys but one, which it deletes.</summary>
    private static StoreStatus RunBatch(Store store, char letter, int valueBytes)
    {
        using var batch = new StoreBatch();
        batch.Delete(store.DefaultNamespace, Key(0));
        for (int i = 1; i < Keys; i++)
        {
            batch.Put(store.DefaultNamespace, Key(i), new PutRequest { Value = Value(letter, valueBytes) });
        }

        return store.Run(batch).Status;
    }

    private static void CheckAll(Store store, char letter, int valueBytes)
    {
        for (int i = 0; i < Keys; i++)
        {
            var reader = default(BytesReader);
            StoreStatus status = store.Read(store.Key(Key(i)), ref reader).Status;
            if (i == 0 && letter != 'a')
            {
                Assert.Equal(StoreStatus.NotFound, status);
            }
            else
            {
                Assert.Equal(StoreStatus.Ok, status);
                Assert.Equal(Value(letter, valueBytes), reader.Value);
            }
        }
    }

    private Store Open() => new(new StoreOptions
    {
        MemoryLimitBytes = 4 << 20,
        MaxItemBytes = 1 << 18,
        SegmentBytes = 16 << 10,
        EvictionDisabled = true,
        HashSeed = 1,
        Clock = new ManualClock(),
        DataDirectory = _directory.Path,
        RunsByHand = true,
        DeviceFactory = _ => _disk.Attach(),
    });

    private struct BytesReader : IItemReader
    {
        public byte[]? Value;

        public void Read(in Item item) => Value = item.Value.ToArray();
    }
}
