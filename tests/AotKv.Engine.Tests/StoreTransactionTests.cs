using System.Globalization;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests;

public sealed class StoreTransactionTests : IDisposable
{
    private readonly StoreDriver _store = new();

    private Namespaces.StoreNamespace Default => _store.Store.DefaultNamespace;

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Writes_are_seen_inside_at_once_and_outside_after_the_commit()
    {
        _store.Put("a", "old");
        using var transaction = new StoreTransaction(_store.Store);
        transaction.Put(Default, "a"u8, "new"u8, 7, _store.Clock.InMilliseconds(1000));
        transaction.Put(Default, "b"u8, "2"u8);
        transaction.Delete(Default, "c"u8);
        Assert.Equal("new"u8.ToArray(), transaction.Get(Default, "a"u8));
        Assert.Null(transaction.Get(Default, "c"u8));
        Assert.Equal("old", _store.Get("a")!.Text);
        BatchOutcome outcome = transaction.Commit();
        Assert.Equal(StoreStatus.Ok, outcome.Status);
        StoreDriver.Seen a = _store.Get("a")!;
        Assert.Equal(("new", 7u, _store.Clock.InMilliseconds(1000), outcome.Revision), (a.Text, a.Flags, a.Expiry, a.Revision));
        Assert.Equal(outcome.Revision, _store.Get("b")!.Revision);
    }

    [Fact]
    public void A_commit_fails_when_something_read_has_changed()
    {
        _store.Put("a", "1");
        foreach (Action change in new Action[] { () => _store.Put("a", "1"), () => _store.Delete("a"), () => _store.Put("absent", "1") })
        {
            using var transaction = new StoreTransaction(_store.Store);
            _ = transaction.Get(Default, "a"u8);
            Assert.Null(transaction.Get(Default, "absent"u8));
            transaction.Put(Default, "written"u8, "x"u8);
            change();
            Assert.True(transaction.Commit().Status is StoreStatus.Exists or StoreStatus.NotFound);
            Assert.Null(_store.Get("written"));
            _store.Put("a", "1");
        }
    }

    [Fact]
    public async Task Money_moved_by_many_is_neither_made_nor_lost()
    {
        const int Accounts = 10, Workers = 4, Transfers = 2000, Each = 1000;
        for (int i = 0; i < Accounts; i++)
        {
            _store.Put(Name(i), Each.ToString(CultureInfo.InvariantCulture));
        }

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(() =>
        {
            var random = new Random(worker);
            using var transaction = new StoreTransaction(_store.Store);
            for (int done = 0; done < Transfers;)
            {
                transaction.Clear();
                byte[] from = StoreDriver.Bytes(Name(random.Next(Accounts))), to = StoreDriver.Bytes(Name(random.Next(Accounts)));
                int amount = random.Next(100);
                int left = int.Parse(transaction.Get(Default, from), CultureInfo.InvariantCulture) - amount;
                transaction.Put(Default, from, StoreDriver.Bytes(left.ToString(CultureInfo.InvariantCulture)));
                int now = int.Parse(transaction.Get(Default, to), CultureInfo.InvariantCulture) + amount;
                transaction.Put(Default, to, StoreDriver.Bytes(now.ToString(CultureInfo.InvariantCulture)));
                done += transaction.Commit().Status == StoreStatus.Ok ? 1 : 0;
            }
        })));
        Assert.Equal(Accounts * Each, Enumerable.Range(0, Accounts).Sum(i => int.Parse(_store.Get(Name(i))!.Text, CultureInfo.InvariantCulture)));
    }

    private static string Name(int account) => "account" + account.ToString(CultureInfo.InvariantCulture);
}
