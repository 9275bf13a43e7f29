using System.Globalization;
using AotKv.Engine.Log;

namespace AotKv.Engine.Tests.Durability;

/// <summary>Segment files that are gone, or whose header is: named and refused, and with repair kept aside and gone on without.</summary>
public sealed class MissingFileTests : IDisposable
{
    private const int Items = 2_000;
    private readonly TemporaryDirectory _directory = new();
    private readonly SimulatedDisk _disk = new();
    private readonly List<string> _said = [];

    public void Dispose()
    {
        _disk.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_missing_segment_is_named_and_refused(bool endsCleanly)
    {
        foreach (string name in Fill(endsCleanly))
        {
            using SimulatedDisk left = _disk.Copy();
            left.Remove(name);
            LogDamagedException error = Assert.Throws<LogDamagedException>(() => Open(left));
            Assert.Equal((name, 0), (error.File, error.Offset));
            Assert.Contains("missing", error.Message, StringComparison.Ordinal);
            CheckRepair(left, name, keepsAside: false);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_segment_without_its_first_sector_is_named_and_refused(bool endsCleanly)
    {
        foreach (string name in Fill(endsCleanly))
        {
            using SimulatedDisk left = _disk.Copy();
            byte[] bytes = left[name].Live.ToArray();
            bytes.AsSpan(0, 512).Clear();
            left.Put(name, bytes);
            LogDamagedException error = Assert.Throws<LogDamagedException>(() => Open(left));
            Assert.Equal(name, error.File);
            CheckRepair(left, name, keepsAside: true);
            Assert.Equal(bytes, left[name + ".damaged"].Live.ToArray());
        }
    }

    [Fact]
    public void A_file_that_was_made_and_never_used_is_no_damage()
    {
        Fill(endsCleanly: true);
        _disk.Put("000000ff.seg", new byte[16 << 10]);
        _disk.Put("000000fe.seg", []);
        using Store store = Open(_disk);
        Assert.Equal(Items, Count(store));
        Assert.DoesNotContain("000000ff.seg", _disk.Names);
    }

    [Fact]
    public void Files_given_back_are_no_damage()
    {
        string large = new('v', 100_000);
        using (Store store = Open(_disk))
        {
            for (int i = 0; i < 60; i++)
            {
                Put(store, i % 3, large);
                Assert.True(store.SyncByHand());
                store.MaintainByHand();
            }
        }

        Assert.InRange(_disk.Segments.Count, 1, 30);
        using Store again = Open(_disk);
        Assert.Equal(3, Count(again));
    }

    [Fact]
    public void A_missing_list_is_refused_and_made_anew_by_repair()
    {
        Fill(endsCleanly: true);
        _disk.Remove(FileSet.Name);
        Assert.Equal(FileSet.Name, Assert.Throws<LogDamagedException>(() => Open(_disk)).File);
        using (Store store = Open(_disk, repair: true))
        {
            Assert.Equal(Items, Count(store));
        }

        using Store again = Open(_disk);
        Assert.Equal(Items, Count(again));
    }

    [Fact]
    public void A_flipped_byte_in_the_list_is_named_or_harmless()
    {
        int segments = Fill(endsCleanly: true).Count;
        byte[] good = _disk[FileSet.Name].Live.ToArray();
        int named = 0;
        for (int at = 0; at < FileSet.EntriesAt + (segments * 4) + 64; at++)
        {
            byte[] bytes = [.. good];
            bytes[at] ^= 0x55;
            using SimulatedDisk copy = _disk.Copy();
            copy.Put(FileSet.Name, bytes);
            try
            {
                using Store store = Open(copy);
                Assert.Equal(Items, Count(store));
                store.Abandon();
            }
            catch (DataDirectoryException error)
            {
                Assert.Contains(FileSet.Name, error.Message, StringComparison.Ordinal);
                named++;
            }
        }

        Assert.True(named >= 64 + (segments * 4), $"{named} flips were noticed");
    }

    [Fact]
    public void A_list_that_cannot_be_written_stops_the_start()
    {
        _disk.Fault = (call, name) => call == DiskCall.Create ? Log.Devices.DeviceStatus.Full : Log.Devices.DeviceStatus.Ok;
        Assert.Contains(FileSet.Name, Assert.Throws<DataDirectoryException>(() => Open(_disk)).Message, StringComparison.Ordinal);
    }

    private static byte[] Key(int i) => StoreDriver.Bytes("key" + i.ToString(CultureInfo.InvariantCulture));

    private static void Put(Store store, int i, string value) =>
        Assert.Equal(StoreStatus.Ok, store.Put(store.Key(Key(i)), new PutRequest { Value = StoreDriver.Bytes(value) }).Status);

    private static int Count(Store store)
    {
        int found = 0;
        for (int i = 0; i < Items; i++)
        {
            var reader = default(Nothing);
            found += store.Read(store.Key(Key(i)), ref reader).Status == StoreStatus.Ok ? 1 : 0;
        }

        return found;
    }

    /// <summary>Repair goes on without what only that file held; the next start needs no repair any more.</summary>
    private void CheckRepair(SimulatedDisk left, string name, bool keepsAside)
    {
        int found;
        using (Store store = Open(left, repair: true))
        {
            found = Count(store);
            Assert.InRange(found, Items / 2, Items);
            Assert.Contains(_said, line => line.Contains(name, StringComparison.Ordinal));
        }

        Assert.Equal(keepsAside, left.Names.Contains(name + ".damaged"));
        using Store again = Open(left);
        Assert.Equal(found, Count(again));
    }

    /// <summary>Stores items in several segments; the names of their files.</summary>
    private IReadOnlyList<string> Fill(bool endsCleanly)
    {
        Store store = Open(_disk);
        for (int i = 0; i < Items; i++)
        {
            Put(store, i, "value " + i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.True(store.SyncByHand());
        if (endsCleanly)
        {
            store.Dispose();
        }
        else
        {
            store.Abandon();
        }

        Assert.True(_disk.Segments.Count > 4);
        return _disk.Segments;
    }

    private Store Open(SimulatedDisk disk, bool repair = false)
    {
        _said.Clear();
        return new Store(new StoreOptions
        {
            MemoryLimitBytes = 1 << 20,
            MaxItemBytes = 1 << 18,
            SegmentBytes = 16 << 10,
            EvictionDisabled = true,
            HashSeed = 1,
            Clock = new ManualClock(),
            DataDirectory = _directory.Path,
            RunsByHand = true,
            Repair = repair,
            Log = _said.Add,
            DeviceFactory = _ => disk.Attach(),
        });
    }

    private struct Nothing : IItemReader
    {
        public readonly void Read(in Item item)
        {
        }
    }
}
