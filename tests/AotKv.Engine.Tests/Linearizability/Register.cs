using System.Globalization;
using System.Text;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests.Linearizability;

/// <summary>A number per key, kept in a store by operations of every kind. Each method returns a moment after its answer.</summary>
/// <param name="store">The store.</param>
/// <param name="isBroken">A comparison and the write that follows it are two steps, as in a store with a fault.</param>
internal sealed class Register(Store store, bool isBroken)
{
    private int _turn;

    public long Read(int key, out long? value)
    {
        if (_turn++ % 3 == 0)
        {
            using var batch = new StoreBatch();
            batch.Get(store.DefaultNamespace, Name(key));
            Assert.Equal(StoreStatus.Ok, store.Run(batch).Status);
            value = batch.Results[0].Status == StoreStatus.Ok ? Parse(batch.ValueOf(0)) : null;
        }
        else
        {
            var reader = default(NumberReader);
            value = store.Read(store.Key(Name(key)), ref reader).Status == StoreStatus.Ok ? reader.Value : null;
        }

        return History.Now;
    }

    public long Write(int key, long value)
    {
        byte[] text = Text(value);
        if (_turn++ % 3 == 0)
        {
            using var batch = new StoreBatch();
            batch.Put(store.DefaultNamespace, Name(key), new PutRequest { Value = text });
            Assert.Equal(StoreStatus.Ok, store.Run(batch).Status);
        }
        else
        {
            Assert.Equal(StoreStatus.Ok, store.Put(store.Key(Name(key)), new PutRequest { Value = text }).Status);
        }

        return History.Now;
    }

    public long Delete(int key, out bool succeeded)
    {
        succeeded = store.Delete(store.Key(Name(key))).Status == StoreStatus.Ok;
        return History.Now;
    }

    /// <summary>Adds by arithmetic, or by a transaction that reads and writes; null when there is nothing to add to.</summary>
    public long Add(int key, long amount, out long? sum)
    {
        if (_turn++ % 2 == 0)
        {
            Outcome outcome = store.Count(store.Key(Name(key)), (ulong)amount, decrement: false);
            sum = outcome.Status == StoreStatus.Ok ? (long)outcome.Number : null;
            return History.Now;
        }

        while (true)
        {
            using var transaction = new StoreTransaction(store);
            byte[]? before = transaction.Get(store.DefaultNamespace, Name(key));
            if (before == null)
            {
                return Read(key, out sum) is var now && sum == null ? now : Add(key, amount, out sum);
            }

            long after = Parse(before) + amount;
            transaction.Put(store.DefaultNamespace, Name(key), Text(after));
            if (transaction.Commit().Status == StoreStatus.Ok)
            {
                sum = after;
                return History.Now;
            }
        }
    }

    /// <summary>Reads a value and sets another if it is still the same item.</summary>
    public long CompareAndSet(int key, long value, out long? expected, out bool succeeded)
    {
        var reader = default(NumberReader);
        succeeded = false;
        expected = store.Read(store.Key(Name(key)), ref reader).Status == StoreStatus.Ok ? reader.Value : null;
        if (expected == null)
        {
            return History.Now;
        }

        if (isBroken)
        {
            Thread.Yield();
            succeeded = store.Put(store.Key(Name(key)), new PutRequest { Value = Text(value) }).Status == StoreStatus.Ok;
            return History.Now;
        }

        var put = new PutRequest { Value = Text(value), HasCompare = true, Compare = reader.Cas };
        succeeded = store.Put(store.Key(Name(key)), put).Status == StoreStatus.Ok;
        return History.Now;
    }

    private static byte[] Name(int key) => Encoding.Latin1.GetBytes("r" + key.ToString(CultureInfo.InvariantCulture));

    private static byte[] Text(long value) => Encoding.Latin1.GetBytes(value.ToString(CultureInfo.InvariantCulture));

    private static long Parse(ReadOnlySpan<byte> text) => long.Parse(Encoding.Latin1.GetString(text).TrimEnd(), CultureInfo.InvariantCulture);

    private struct NumberReader : IItemReader
    {
        public long Value;
        public ulong Cas;

        public void Read(in Item item)
        {
            Value = Parse(item.Value);
            Cas = item.Revision;
        }
    }
}
