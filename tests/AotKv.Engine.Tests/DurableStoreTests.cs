using System.Globalization;

namespace AotKv.Engine.Tests;

public sealed class DurableStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualClock _clock = new();
    private StoreDriver _store;

    public DurableStoreTests() => _store = Open();

    public void Dispose()
    {
        _store.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Nothing_is_evicted_while_the_limit_allows_another_file()
    {
        for (int round = 0; round < 5; round++)
        {
            using var directory = new TemporaryDirectory();
            using var store = new StoreDriver(new StoreOptions { DataDirectory = directory.Path, MemoryLimitBytes = 8 << 20, SegmentBytes = 64 << 10 });
            for (int i = 0; i < 20_000; i++)
            {
                store.Put("k" + i.ToString(System.Globalization.CultureInfo.InvariantCulture), new string('v', 100));
            }

            Assert.Equal((0, 20_000), (store.Store.Statistics().Evictions, store.Store.Statistics().Items));
        }
    }

    [Fact]
    public void A_writer_that_is_faster_than_the_disk_waits_for_it_and_is_not_refused()
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions
        {
            DataDirectory = directory.Path,
            MemoryLimitBytes = 1 << 20,
            MaxItemBytes = 1 << 18,
            SegmentBytes = 16 << 10,
            RunsByHand = true, // nobody syncs but a writer that has to
        });
        for (int i = 0; i < 5_000; i++)
        {
            string key = i.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(StoreStatus.Ok, store.Put(key, new string('v', i % 50 == 0 ? 20_000 : 900)).Status);
        }
    }

    [Fact]
    public void Reopen_brings_back_value_flags_expiry_and_revision()
    {
        long expiry = _clock.InMilliseconds(60_000);
        Outcome put = _store.Put("k", "value", flags: 7, expiry: expiry);
        _store.Put("plain", "2");
        Reopen();
        StoreDriver.Seen seen = _store.Get("k")!;
        Assert.Equal(("value", 7u, expiry, put.Revision), (seen.Text, seen.Flags, seen.Expiry, seen.Revision));
        Assert.Equal("2", _store.Get("plain")!.Text);
        Assert.Equal(2, _store.Store.Statistics().Items);
        Assert.True(_store.Put("k", "3").Revision > put.Revision);
    }

    [Fact]
    public void Reopen_after_every_kind_of_change_gives_the_last_state()
    {
        _store.Put("a", "1");
        _store.Put("a", "2");
        _store.Put("gone", "1");
        _store.Delete("gone");
        _store.Put("n", "9");
        _store.Count("n", 1);
        _store.Put("n2", "100");
        _store.Count("n2", 1, decrement: true);
        _store.Put("x", "b");
        _store.Put("x", "c", StoreMode.Append);
        _store.Put("x", "a", StoreMode.Prepend);
        ulong cas = _store.Put("t", "touched").Revision;
        _store.Touch("t", _clock.InMilliseconds(5000));
        _store.Put("dead", "1", expiry: _clock.InMilliseconds(10));
        _store.Put("again", "1");
        _store.Delete("again");
        _store.Put("again", "2");
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("2", _store.Get("a")!.Text);
            Assert.Null(_store.Get("gone"));
            Assert.Equal("10", _store.Get("n")!.Text);
            Assert.Equal("99 ", _store.Get("n2")!.Text);
            Assert.Equal("abc", _store.Get("x")!.Text);
            Assert.Equal((cas, _clock.InMilliseconds(4990)), (_store.Get("t")!.Revision, _store.Get("t")!.Expiry));
            Assert.Null(_store.Get("dead"));
            Assert.Equal("2", _store.Get("again")!.Text);
            Assert.Equal(6, _store.Store.Statistics().Items);
            Reopen();
        }
    }

    [Fact]
    public void Reopen_after_flush_and_a_later_store_keeps_only_the_later()
    {
        _store.Put("a", "1");
        Assert.True(_store.Store.Flush());
        _store.Put("b", "2");
        Reopen();
        Assert.Null(_store.Get("a"));
        Assert.Equal("2", _store.Get("b")!.Text);
        Assert.Equal(1, _store.Store.Statistics().Items);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(300_000)]
    [InlineData(1_000_000)]
    public void Large_values_come_back_whole(int length)
    {
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);
        for (int i = 0; i < 20; i++)
        {
            value[0] = (byte)i;
            Assert.Equal(StoreStatus.Ok, _store.Put(StoreDriver.Bytes("k" + (i % 5)), value, flags: 3).Status);
        }

        Assert.Equal(StoreStatus.Ok, _store.Delete("k0").Status);
        Reopen();
        Assert.Null(_store.Get("k0"));
        for (int i = 16; i < 20; i++)
        {
            value[0] = (byte)i;
            Assert.Equal(value, _store.Get("k" + (i % 5))!.Value);
        }

        Assert.Equal(4, _store.Store.Statistics().Items);
    }

    [Fact]
    public void A_killed_process_loses_nothing()
    {
        for (int i = 0; i < 5000; i++)
        {
            _store.Put("key" + (i % 700).ToString(CultureInfo.InvariantCulture), i.ToString(CultureInfo.InvariantCulture));
            if (i % 11 == 0)
            {
                _store.Delete("key" + (i % 700).ToString(CultureInfo.InvariantCulture));
            }
        }

        var before = new Dictionary<string, string?>();
        for (int i = 0; i < 700; i++)
        {
            string key = "key" + i.ToString(CultureInfo.InvariantCulture);
            before[key] = _store.Get(key)?.Text;
        }

        long items = _store.Store.Statistics().Items;
        _store.Store.Abandon();
        _store = Open();
        Assert.Equal(items, _store.Store.Statistics().Items);
        foreach ((string key, string? value) in before)
        {
            Assert.Equal(value, _store.Get(key)?.Text);
        }
    }

    [Fact]
    public void Namespaces_come_back_with_their_counts()
    {
        Namespaces.StoreNamespace a = _store.Store.CreateNamespace("a")!;
        Namespaces.StoreNamespace b = _store.Store.CreateNamespace("b")!;
        Namespaces.StoreNamespace c = _store.Store.CreateNamespace("c")!;
        foreach (Namespaces.StoreNamespace ns in new[] { a, b, c })
        {
            for (int i = 0; i < 10; i++)
            {
                Outcome put = _store.Store.Put(_store.Store.Key(ns, StoreDriver.Bytes("k" + i)), new PutRequest { Value = "v"u8 });
                Assert.Equal(StoreStatus.Ok, put.Status);
            }
        }

        Assert.True(_store.Store.FlushNamespace(b));
        Assert.True(_store.Store.DropNamespace(c));
        Assert.Equal(StoreStatus.NamespaceDropped, _store.Store.Put(_store.Store.Key(c, "x"u8), new PutRequest { Value = "v"u8 }).Status);
        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(10, _store.Store.FindNamespace("a")!.Items);
            Assert.Equal(0, _store.Store.FindNamespace("b")!.Items);
            Assert.Null(_store.Store.FindNamespace("c"));
            Assert.Equal(10, _store.Store.Statistics().Items);
            Assert.Null(_store.Get("k1"));
            Reopen();
        }

        Namespaces.StoreNamespace fresh = _store.Store.CreateNamespace("c")!;
        Assert.NotEqual(c.Number, fresh.Number);
        Assert.Equal(0, fresh.Items);
    }

    [Fact]
    public void A_second_process_is_refused_and_told_who_holds_the_directory()
    {
        var error = Assert.Throws<DataDirectoryException>(() => new Store(new StoreOptions { DataDirectory = _directory.Path }));
        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Contains(_directory.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_for_a_write_makes_it_durable()
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions { DataDirectory = directory.Path, SyncMode = SyncMode.Never });
        ulong revision = store.Put("k", "v").Revision;
        Assert.True(store.Store.DurableRevision < revision);
        Assert.True(store.Store.WaitForDurable(revision, TimeSpan.FromMinutes(1)));
        Assert.True(store.Store.DurableRevision >= revision);
    }

    [Fact]
    public void Interval_makes_writes_durable_by_itself()
    {
        using var directory = new TemporaryDirectory();
        using var store = new StoreDriver(new StoreOptions { DataDirectory = directory.Path, SyncIntervalMilliseconds = 5 });
        ulong revision = store.Put("k", "v").Revision;
        Assert.True(SpinWait.SpinUntil(() => store.Store.DurableRevision >= revision, TimeSpan.FromMinutes(1)));
    }

    private StoreDriver Open() => new(new StoreOptions { DataDirectory = _directory.Path }, _clock);

    private void Reopen()
    {
        _store.Dispose();
        _store = Open();
    }
}
