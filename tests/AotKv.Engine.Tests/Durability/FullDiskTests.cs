using System.Globalization;
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Tests.Durability;

/// <summary>Disks that have no room or refuse to map a file, and segments that hold old records behind their end.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int Patience = 5_000;
    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatedDisk _disk = new();

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData((int)DeviceStatus.Full, true, 900)]
    [InlineData((int)DeviceStatus.Full, false, 900)]
    [InlineData((int)DeviceStatus.Full, false, 9_000)]
    [InlineData((int)DeviceStatus.Failed, false, 900)]
    [InlineData((int)DeviceStatus.Failed, false, 9_000)]
    public void A_disk_without_room_refuses_writers_loses_nothing_and_goes_on_when_there_is_room(int status, bool evicts, int valueBytes)
    {
        using Store store = Open(evicts);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(StoreStatus.Ok, Put(store, i, valueBytes));
        }

        _disk.Fault = (call, _) => call == DiskCall.Create ? (DeviceStatus)status : DeviceStatus.Ok;
        int stored = 100;
        while (Put(store, stored, valueBytes) == StoreStatus.Ok)
        {
            stored++;
            Assert.True(stored < Patience, "the disk does not fill up");
        }

        Assert.Equal(StoreStatus.NoMemory, Put(store, stored, valueBytes));
        Assert.Null(store.Failure);
        Assert.Equal(0, store.Statistics().Evictions);
        Assert.Equal(stored, Count(store, stored, valueBytes));
        Assert.True(store.SyncByHand());
        Assert.Equal(StoreStatus.Ok, store.Delete(store.Key(Key(0))).Status);
        _disk.Fault = null;
        Assert.Equal(StoreStatus.Ok, Put(store, 0, valueBytes));
        Assert.Equal(StoreStatus.Ok, Put(store, stored, valueBytes));
        Assert.Equal(stored + 1, Count(store, stored + 1, valueBytes));
        store.Abandon();
        using Store again = Open(evicts);
        Assert.Equal(stored + 1, Count(again, stored + 1, valueBytes));
    }

    [Fact]
    public void Old_records_behind_the_end_of_a_segment_that_is_used_again_never_come_back()
    {
        using Store store = Open(evicts: true, megabytes: 1);
        int caught = 0;
        for (int i = 0; caught < 8; i++)
        {
            Assert.True(i < 100_000, "no segment was used again");
            Assert.Equal(StoreStatus.Ok, Put(store, i % 7, 300 + (i % 90)));
            if (i % 97 != 0 || !_disk.Segments.Any(name => OldRecords.Follow(_disk[name])))
            {
                continue;
            }

            caught++;
            string before = Look(store);
            using SimulatedDisk copy = _disk.Copy();
            using var directory = new TemporaryDirectory();
            for (int again = 0; again < 2; again++)
            {
                using Store killed = Open(copy, directory.Path, evicts: true, megabytes: 1);
                Assert.Equal(before, Look(killed));
                killed.Abandon();
            }
        }
    }

    private static byte[] Key(int i) => StoreDriver.Bytes("key" + i.ToString(CultureInfo.InvariantCulture));

    private static StoreStatus Put(Store store, int i, int bytes)
    {
        byte[] value = new byte[bytes];
        Array.Fill(value, (byte)(i + 1));
        return store.Put(store.Key(Key(i)), new PutRequest { Value = value }).Status;
    }

    private static int Count(Store store, int items, int bytes)
    {
        int found = 0;
        for (int i = 0; i < items; i++)
        {
            byte[]? value = Get(store, i);
            found += value?.Length == bytes && value.AsSpan().IndexOfAnyExcept((byte)(i + 1)) < 0 ? 1 : 0;
        }

        return found;
    }

    private static string Look(Store store) =>
        string.Join(' ', Enumerable.Range(0, 7).Select(i => Get(store, i) is { } value ? Convert.ToHexString(value) : "nothing"));

    private static byte[]? Get(Store store, int i)
    {
        var reader = default(BytesReader);
        return store.Read(store.Key(Key(i)), ref reader).Status == StoreStatus.Ok ? reader.Value : null;
    }

    private Store Open(bool evicts, int megabytes = 8) => Open(_disk, _directory.Path, evicts, megabytes);

    private static Store Open(SimulatedDisk disk, string directory, bool evicts, int megabytes) => new(new StoreOptions
    {
        MemoryLimitBytes = (long)megabytes << 20,
        MaxItemBytes = 1 << 18,
        SegmentBytes = 16 << 10,
        EvictionDisabled = !evicts,
        HashSeed = 1,
        Clock = new ManualClock(),
        DataDirectory = directory,
        RunsByHand = true,
        DeviceFactory = _ => disk.Attach(),
    });

    private struct BytesReader : IItemReader
    {
        public byte[]? Value;

        public void Read(in Item item) => Value = item.Value.ToArray();
    }
}
