using System.Text;

namespace AotKv.Engine.Tests;

/// <summary>A store with string-free shorthand for tests: keys and values are byte arrays or ASCII.</summary>
internal sealed class StoreDriver : IDisposable
{
    public StoreDriver(StoreOptions? options = null, ManualClock? clock = null)
    {
        Clock = clock ?? new ManualClock();
        Store = new Store((options ?? new StoreOptions()) with { Clock = Clock, HashSeed = 1 });
    }

    public ManualClock Clock { get; }

    public Store Store { get; }

    public Outcome Put(string key, string value, StoreMode mode = StoreMode.Set, uint flags = 0, long expiry = 0, ulong? compare = null) =>
        Put(Bytes(key), Bytes(value), mode, flags, expiry, compare);

    public Outcome Put(byte[] key, byte[] value, StoreMode mode = StoreMode.Set, uint flags = 0, long expiry = 0, ulong? compare = null)
    {
        var put = new PutRequest
        {
            Value = value,
            Mode = mode,
            ClientFlags = flags,
            ExpiryMilliseconds = expiry,
            HasCompare = compare.HasValue,
            Compare = compare ?? 0,
        };
        return Store.Put(Store.Key(key), put);
    }

    public Seen? Get(string key) => Get(Bytes(key));

    public Seen? Get(byte[] key) => Get(key, out _);

    public Seen? Get(byte[] key, out MissReason miss)
    {
        var reader = default(CopyingReader);
        Outcome outcome = Store.Read(Store.Key(key), ref reader);
        miss = outcome.Miss;
        return outcome.Status == StoreStatus.Ok ? reader.Item : null;
    }

    public Seen? GetAndTouch(string key, long expiry)
    {
        var reader = default(CopyingReader);
        return Store.ReadAndTouch(Store.Key(Bytes(key)), expiry, ref reader).Status == StoreStatus.Ok ? reader.Item : null;
    }

    public Outcome Touch(string key, long expiry) => Store.Touch(Store.Key(Bytes(key)), expiry);

    public Outcome Delete(string key, ulong compare = 0) => Store.Delete(Store.Key(Bytes(key)), compare);

    public Outcome Count(string key, ulong delta, bool decrement = false) => Store.Count(Store.Key(Bytes(key)), delta, decrement);

    public void Dispose() => Store.Dispose();

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>What a read saw.</summary>
    public sealed record Seen(byte[] Value, ulong Revision, uint Flags, long Expiry)
    {
        public string Text => Encoding.Latin1.GetString(Value);
    }

    private struct CopyingReader : IItemReader
    {
        public Seen? Item;

        public void Read(in Item item) =>
            Item = new Seen(item.Value.ToArray(), item.Revision, item.ClientFlags, item.ExpiryMilliseconds);
    }
}
