using System.Buffers.Binary;
using System.Globalization;
using AotKv.Engine.Log;
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Tests.Durability;

/// <summary>Bytes that are not what was written, and disks that refuse.</summary>
public sealed class DamageTests : IDisposable
{
    private const int Items = 12;
    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatedDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void A_flipped_byte_is_named_or_harmless_and_never_served()
    {
        string name = Fill(dispose: true);
        int end = Used(name);
        int named = 0;
        for (int at = 0; at < end + 64; at++)
        {
            named += OpensOrNames(name, bytes => bytes[at] ^= 0x55, isDurable: true) ? 0 : 1;
        }

        Assert.True(named > end - 200, $"only {named} of {end} flips were noticed");
    }

    [Fact]
    public void A_tail_cut_at_any_byte_leaves_a_prefix()
    {
        string name = Fill(dispose: false);
        int end = Used(name);
        for (int at = SegmentHeader.Bytes; at < end; at++)
        {
            Assert.True(OpensOrNames(name, bytes => bytes.AsSpan(at).Clear(), isDurable: false), $"cut at {at}");
        }
    }

    [Fact]
    public void An_unknown_version_is_refused_by_name()
    {
        string name = Fill(dispose: true);
        byte[] bytes = _disk[name].Live.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), 77);
        _disk.Put(name, bytes);
        DataDirectoryException error = Assert.ThrowsAny<DataDirectoryException>(() => Open(_disk).Dispose());
        Assert.Contains("version 77", error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_failed_sync_nothing_is_acknowledged_and_reads_go_on()
    {
        using Store store = Open(_disk);
        Put(store, 0);
        Assert.True(store.SyncByHand());
        ulong durable = store.DurableRevision;
        Put(store, 1);
        _disk.Fault = (call, _) => call == DiskCall.SyncBegins ? DeviceStatus.Failed : DeviceStatus.Ok;
        Assert.False(store.SyncByHand());
        _disk.Fault = null;
        Assert.False(store.SyncByHand());
        Assert.Equal(durable, store.DurableRevision);
        Assert.NotNull(store.Failure);
        Assert.Equal(StoreStatus.Failed, store.Put(store.Key("x"u8), new PutRequest { Value = "1"u8 }).Status);
        Assert.False(store.Flush());
        Assert.Null(store.CreateNamespace("n"));
        Assert.Equal(StoreDriver.Bytes("value 0"), Get(store, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(111)]
    [InlineData(192)]
    [InlineData(1535)]
    [InlineData(1536)]
    [InlineData(1729)]
    [InlineData(4099)]
    public void The_checksum_is_the_same_by_instruction_and_by_table(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        Assert.Equal(Crc32C.AppendPortable(Crc32C.Start, bytes), Crc32C.Append(Crc32C.Start, bytes));
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));
    }

    private static byte[] Key(int i) => StoreDriver.Bytes("key" + i.ToString(CultureInfo.InvariantCulture));

    private static byte[] Value(int i) => StoreDriver.Bytes("value " + i.ToString(CultureInfo.InvariantCulture));

    private static void Put(Store store, int i) =>
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key(Key(i)), new PutRequest { Value = Value(i) }).Status);

    private static byte[]? Get(Store store, int i)
    {
        var reader = default(BytesReader);
        return store.Read(store.Key(Key(i)), ref reader).Status == StoreStatus.Ok ? reader.Value : null;
    }

    private Store Open(SimulatedDisk disk) => new(new StoreOptions
    {
        MemoryLimitBytes = 1 << 20,
        MaxItemBytes = 1 << 18,
        SegmentBytes = 16 << 10,
        EvictionDisabled = true,
        HashSeed = 1,
        Clock = new ManualClock(),
        DataDirectory = _directory.Path,
        RunsByHand = true,
        DeviceFactory = _ => disk.Attach(),
    });

    /// <summary>Stores some items; the name of the file that holds them.</summary>
    private string Fill(bool dispose)
    {
        Store store = Open(_disk);
        for (int i = 0; i < Items; i++)
        {
            Put(store, i);
        }

        if (dispose)
        {
            store.Dispose();
        }
        else
        {
            store.Abandon();
        }

        return _disk.Segments.MaxBy(Used)!;
    }

    private int Used(string name) => _disk[name].Live.LastIndexOfAnyExcept((byte)0) + 1;

    /// <summary>Whether a store opens on the damaged file; then it must hold a prefix of the items, and all when they were durable.</summary>
    private bool OpensOrNames(string name, Action<byte[]> damage, bool isDurable)
    {
        using SimulatedDisk copy = _disk.Copy();
        byte[] bytes = copy[name].Live.ToArray();
        damage(bytes);
        copy.Put(name, bytes);
        try
        {
            using Store store = Open(copy);
            int there = 0;
            while (there < Items && Get(store, there) is { } value)
            {
                Assert.Equal(Value(there), value);
                there++;
            }

            for (int i = there; i < Items; i++)
            {
                Assert.Null(Get(store, i));
            }

            Assert.True(!isDurable || there == Items, $"durable items are missing without a word: {there} are left");
            store.Abandon();
            return true;
        }
        catch (DataDirectoryException error)
        {
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private struct BytesReader : IItemReader
    {
        public byte[]? Value;

        public void Read(in Item item) => Value = item.Value.ToArray();
    }
}
