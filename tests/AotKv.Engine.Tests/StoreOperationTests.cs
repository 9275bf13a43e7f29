namespace AotKv.Engine.Tests;

public sealed class StoreOperationTests : IDisposable
{
    private readonly StoreDriver _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Read_absent_key_is_a_miss()
    {
        Assert.Null(_store.Get(StoreDriver.Bytes("k"), out MissReason miss));
        Assert.Equal(MissReason.Absent, miss);
    }

    [Fact]
    public void Put_then_read_gives_value_flags_expiry_and_revision()
    {
        long expiry = _store.Clock.InMilliseconds(5000);
        Outcome put = _store.Put("k", "value", flags: 0xdeadbeef, expiry: expiry);
        StoreDriver.Seen seen = _store.Get("k")!;
        Assert.Equal("value", seen.Text);
        Assert.Equal(0xdeadbeefu, seen.Flags);
        Assert.Equal(expiry, seen.Expiry);
        Assert.Equal(put.Revision, seen.Revision);
        Assert.True(put.Revision >= (ulong)_store.Clock.Microseconds);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(250)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65535)]
    public void Put_key_of_any_length_is_found(int length)
    {
        byte[] key = new byte[length];
        new Random(length).NextBytes(key);
        byte[] other = [.. key];
        other[length / 2] ^= 1;
        Assert.Equal(StoreStatus.Ok, _store.Put(key, [1, 2, 3]).Status);
        Assert.Equal([1, 2, 3], _store.Get(key)!.Value);
        Assert.Null(_store.Get(other));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    [InlineData(1_048_000)]
    public void Put_value_of_any_length_is_read_whole(int length)
    {
        byte[] value = new byte[length];
        new Random(length).NextBytes(value);
        Assert.Equal(StoreStatus.Ok, _store.Put(StoreDriver.Bytes("k"), value, flags: 7).Status);
        Assert.Equal(value, _store.Get("k")!.Value);
        Assert.Equal(7u, _store.Get("k")!.Flags);
    }

    [Fact]
    public void Put_over_the_item_limit_is_too_large_and_changes_nothing()
    {
        using var store = new StoreDriver(new StoreOptions { MaxItemBytes = 1024, ItemOverheadBytes = 59 });
        Assert.Equal(StoreStatus.Ok, store.Put("k", new string('a', 1024 - 59 - 1)).Status);
        Assert.Equal(StoreStatus.TooLarge, store.Put("k", new string('b', 1024 - 59)).Status);
        Assert.Equal(StoreStatus.TooLarge, store.Put("k", new string('b', 1024 - 59 - 1), flags: 1).Status);
        Assert.Equal(StoreStatus.TooLarge, store.Put("k", "x", StoreMode.Append).Status);
        Assert.StartsWith("aaa", store.Get("k")!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Put_modes_follow_presence()
    {
        Assert.Equal(StoreStatus.NotStored, _store.Put("k", "1", StoreMode.Replace).Status);
        Assert.Equal(StoreStatus.NotStored, _store.Put("k", "1", StoreMode.Append).Status);
        Assert.Equal(StoreStatus.NotStored, _store.Put("k", "1", StoreMode.Prepend).Status);
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "1", StoreMode.Add, flags: 5).Status);
        Assert.Equal(StoreStatus.NotStored, _store.Put("k", "2", StoreMode.Add).Status);
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "2", StoreMode.Append, flags: 9).Status);
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "0", StoreMode.Prepend).Status);
        Assert.Equal("012", _store.Get("k")!.Text);
        Assert.Equal(5u, _store.Get("k")!.Flags);
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "new", StoreMode.Replace).Status);
        Assert.Equal("new", _store.Get("k")!.Text);
    }

    [Fact]
    public void Put_with_compare_checks_the_revision()
    {
        Assert.Equal(StoreStatus.NotFound, _store.Put("k", "1", compare: 1).Status);
        ulong revision = _store.Put("k", "1").Revision;
        Assert.Equal(StoreStatus.Exists, _store.Put("k", "2", compare: revision + 1).Status);
        Assert.Equal(StoreStatus.Exists, _store.Put("k", "2", compare: 0).Status);
        Outcome stored = _store.Put("k", "3", compare: revision);
        Assert.Equal(StoreStatus.Ok, stored.Status);
        Assert.True(stored.Revision > revision);
        Assert.Equal(StoreStatus.Exists, _store.Put("k", "4", compare: revision).Status);
        Assert.Equal("3", _store.Get("k")!.Text);
    }

    [Fact]
    public void Revisions_rise_with_every_change_and_not_with_touch()
    {
        ulong last = _store.Put("k", "1").Revision;
        foreach (Func<Outcome> change in new Func<Outcome>[]
        {
            () => _store.Put("k", "10"), () => _store.Put("k", "1", StoreMode.Append), () => _store.Count("k", 1), () => _store.Count("k", 100_000),
        })
        {
            ulong next = change().Revision;
            Assert.True(next > last);
            Assert.Equal(next, _store.Get("k")!.Revision);
            last = next;
        }

        Assert.Equal(StoreStatus.Ok, _store.Touch("k", _store.Clock.InMilliseconds(1000)).Status);
        Assert.Equal(last, _store.Get("k")!.Revision);
    }

    [Fact]
    public void Delete_removes_and_checks_the_revision()
    {
        Assert.Equal(StoreStatus.NotFound, _store.Delete("k").Status);
        ulong revision = _store.Put("k", "1").Revision;
        Assert.Equal(StoreStatus.Exists, _store.Delete("k", revision + 1).Status);
        Assert.Equal(StoreStatus.Ok, _store.Delete("k", revision).Status);
        Assert.Null(_store.Get("k"));
        Assert.Equal(StoreStatus.NotFound, _store.Delete("k").Status);
        Assert.Equal(0, _store.Store.Statistics().Items);
        Assert.Equal(0, _store.Store.Statistics().ItemBytes);
    }

    [Theory]
    [InlineData("10", 5, false, 15, "15")]
    [InlineData("99", 1, false, 100, "100")]
    [InlineData("10", 1, true, 9, "9 ")]
    [InlineData("5", 6, true, 0, "0")]
    [InlineData("18446744073709551615", 1, false, 0, "0                   ")]
    [InlineData(" 7 ", 1, false, 8, "8  ")]
    [InlineData("1 a", 1, false, 2, "2  ")]
    [InlineData("0007", 1, false, 8, "8   ")]
    public void Count_gives_the_number_and_keeps_the_length(string value, ulong delta, bool decrement, ulong expected, string text)
    {
        _store.Put("k", value, flags: 3, expiry: _store.Clock.InMilliseconds(9000));
        Outcome outcome = _store.Count("k", delta, decrement);
        Assert.Equal(StoreStatus.Ok, outcome.Status);
        Assert.Equal(expected, outcome.Number);
        StoreDriver.Seen seen = _store.Get("k")!;
        Assert.Equal(text, seen.Text);
        Assert.Equal(3u, seen.Flags);
        Assert.Equal(_store.Clock.InMilliseconds(9000), seen.Expiry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("1a")]
    [InlineData("-1")]
    [InlineData("18446744073709551616")]
    [InlineData("  ")]
    public void Count_on_text_is_not_numeric(string value)
    {
        _store.Put("k", value);
        Assert.Equal(StoreStatus.NotNumeric, _store.Count("k", 1).Status);
        Assert.Equal(value, _store.Get("k")!.Text);
    }

    [Fact]
    public void Count_absent_key_is_not_found() => Assert.Equal(StoreStatus.NotFound, _store.Count("k", 1).Status);

    [Fact]
    public void Expired_item_is_a_miss_with_its_reason_and_leaves_the_counts()
    {
        _store.Put("k", "1", expiry: _store.Clock.InMilliseconds(1000));
        _store.Clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.NotNull(_store.Get("k"));
        _store.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(_store.Get(StoreDriver.Bytes("k"), out MissReason miss));
        Assert.Equal(MissReason.Expired, miss);
        Assert.Equal(0, _store.Store.Statistics().Items);
        Assert.Equal(1, _store.Store.Statistics().Reclaimed);
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "2", StoreMode.Add).Status);
    }

    [Fact]
    public void Put_with_a_past_expiry_is_stored_and_never_seen()
    {
        Assert.Equal(StoreStatus.Ok, _store.Put("k", "1", expiry: 1).Status);
        Assert.Null(_store.Get("k"));
    }

    [Fact]
    public void Touch_gives_removes_and_shortens_expiry()
    {
        _store.Put("k", "1", flags: 4);
        Assert.Equal(StoreStatus.Ok, _store.Touch("k", _store.Clock.InMilliseconds(1000)).Status);
        Assert.Equal(_store.Clock.InMilliseconds(1000), _store.Get("k")!.Expiry);
        Assert.Equal(4u, _store.Get("k")!.Flags);
        Assert.Equal(StoreStatus.Ok, _store.Touch("k", 0).Status);
        _store.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("1", _store.Get("k")!.Text);
        StoreDriver.Seen seen = _store.GetAndTouch("k", _store.Clock.InMilliseconds(500))!;
        Assert.Equal(_store.Clock.InMilliseconds(500), seen.Expiry);
        _store.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_store.Get("k"));
        Assert.Equal(StoreStatus.NotFound, _store.Touch("k", 0).Status);
    }

    [Fact]
    public void Flush_hides_what_is_there_and_nothing_stored_after()
    {
        _store.Put("a", "1");
        _store.Put("b", "2");
        _store.Store.Flush();
        _store.Put("b", "3");
        Assert.Null(_store.Get(StoreDriver.Bytes("a"), out MissReason miss));
        Assert.Equal(MissReason.Flushed, miss);
        Assert.Equal("3", _store.Get("b")!.Text);
        Assert.Equal(1, _store.Store.Statistics().Items);
        Assert.Equal(StoreStatus.Ok, _store.Put("a", "4", StoreMode.Add).Status);
        Assert.Equal(2, _store.Store.Statistics().Items);
    }

    [Fact]
    public void Flush_later_takes_effect_then_also_for_what_was_stored_meanwhile()
    {
        _store.Put("a", "1");
        _store.Store.Flush(_store.Clock.Microseconds + 10_000_000);
        _store.Clock.Advance(TimeSpan.FromSeconds(5));
        _store.Put("b", "2");
        Assert.NotNull(_store.Get("a"));
        _store.Clock.Advance(TimeSpan.FromSeconds(5));
        _store.Put("c", "3");
        Assert.Null(_store.Get("a"));
        Assert.Null(_store.Get("b"));
        Assert.Equal("3", _store.Get("c")!.Text);
    }

    [Fact]
    public void Flush_replaces_one_that_is_still_to_come()
    {
        _store.Put("a", "1");
        _store.Store.Flush(_store.Clock.Microseconds + 10_000_000);
        _store.Store.Flush(_store.Clock.Microseconds + 90_000_000);
        _store.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.NotNull(_store.Get("a"));
        _store.Clock.Advance(TimeSpan.FromSeconds(90));
        Assert.Null(_store.Get("a"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(StoreOptions.MinMemoryLimitBytes - 1)]
    [InlineData(StoreOptions.MaxMemoryLimitBytes + 1)]
    public void Options_out_of_range_are_refused_by_name(long limit)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new Store(new StoreOptions { MemoryLimitBytes = limit }));
        Assert.Equal(nameof(StoreOptions.MemoryLimitBytes), error.ParamName);
    }

    [Fact]
    public void Options_item_limit_above_half_the_memory_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Store(new StoreOptions { MemoryLimitBytes = 2 << 20, MaxItemBytes = (1 << 20) + 1 }));
}
