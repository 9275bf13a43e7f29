using System.Buffers.Text;
using System.Runtime.CompilerServices;
using AotKv.Engine;

namespace AotKv.Micro;

/// <summary>The engine's operations over one key set.</summary>
internal sealed class EngineSuite : IDisposable
{
    /// <summary>The engine's name in the report.</summary>
    public const string Subject = "engine";

    private const int ValueBytes = 100;
    private const int BatchSize = 16;

    private readonly KeySet _keys;
    private readonly long _memoryBytes;
    private readonly bool _largePages;
    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _buffer = new byte[ValueBytes];
    private readonly ulong[] _hashes = new ulong[BatchSize];
    private Store _store;

    /// <summary>Makes a store.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="largePages">Ask for large pages.</param>
    public EngineSuite(KeySet keys, bool largePages)
    {
        _largePages = largePages;
        _keys = keys;
        _memoryBytes = Math.Max(64L << 20, keys.Count * 600L);
        _value.AsSpan().Fill((byte)'v');
        _store = Open();
    }

    /// <summary>Times everything.</summary>
    public void Run(Timer timer)
    {
        int count = _keys.Count;
        timer.Prepared(Subject, "set new, fresh memory", count, Reopen, SetNew);
        timer.Repeat(Subject, "get hit", count, Get);
        timer.Repeat(Subject, "get hit, batches of 16", count, GetInBatches);
        timer.Repeat(Subject, "get miss", count, Miss);
        timer.Repeat(Subject, "set overwrite", count, Overwrite);
        timer.Repeat(Subject, "set overwrite, batches of 16", count, OverwriteInBatches);
        timer.Repeat(Subject, "get hit after overwrites", count, Get);
        timer.Repeat(Subject, "touch", count, Touch);
        timer.Prepared(Subject, "delete", count, SetNew, Delete);
        SetNew();
        timer.Prepared(Subject, "set new, recycled memory", count, Delete, SetNew);
        StoreNumbers();
        timer.Repeat(Subject, "incr", count, Increment);
        timer.Repeat(Subject, "hash of a key", count, Hash);
    }

    public void Dispose() => _store.Dispose();

    private Store Open() => new(new StoreOptions { MemoryLimitBytes = _memoryBytes, HashSeed = 1, LargePages = _largePages });

    private void Reopen()
    {
        _store.Dispose();
        _store = Open();
    }

    private void SetNew()
    {
        var put = new PutRequest { Value = _value };
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Put(_store.Key(_keys.Stored(i)), put).Status);
        }

        _store.Clock.Refresh();
    }

    private void Overwrite()
    {
        var put = new PutRequest { Value = _value };
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Put(_store.Key(_keys.Asked(i)), put).Status);
        }

        _store.Clock.Refresh();
        _keys.TurnOrder();
    }

    private void OverwriteInBatches()
    {
        var put = new PutRequest { Value = _value };
        for (int start = 0; start < _keys.Count; start += BatchSize)
        {
            int size = Prefetch(start);
            for (int i = 0; i < size; i++)
            {
                Expect(_store.Put(ItemKey.FromHash(_keys.Asked(start + i), _hashes[i]), put).Status);
            }
        }

        _store.Clock.Refresh();
        _keys.TurnOrder();
    }

    private void Get()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Read(_store.Key(_keys.Asked(i)), ref reader).Status);
        }

        Expect(reader.Copied == (long)_keys.Count * ValueBytes);
    }

    private void GetInBatches()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int start = 0; start < _keys.Count; start += BatchSize)
        {
            int size = Prefetch(start);
            for (int i = 0; i < size; i++)
            {
                Expect(_store.Read(ItemKey.FromHash(_keys.Asked(start + i), _hashes[i]), ref reader).Status);
            }
        }

        Expect(reader.Copied == (long)_keys.Count * ValueBytes);
    }

    /// <summary>The two steps of a batch: the index places of all, then the records of all.</summary>
    private int Prefetch(int start)
    {
        int size = Math.Min(BatchSize, _keys.Count - start);
        for (int i = 0; i < size; i++)
        {
            ulong hash = _store.Key(_keys.Asked(start + i)).Hash;
            _hashes[i] = hash;
            _store.PrefetchSlot(hash);
        }

        for (int i = 0; i < size; i++)
        {
            _store.PrefetchRecord(_hashes[i]);
        }

        return size;
    }

    private void Miss()
    {
        var reader = new CopyReader { Destination = _buffer };
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Read(_store.Key(_keys.Absent(i)), ref reader).Status == StoreStatus.NotFound);
        }
    }

    private void Touch()
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Touch(_store.Key(_keys.Asked(i)), 0).Status);
        }
    }

    private void Delete()
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Delete(_store.Key(_keys.Asked(i))).Status);
        }
    }

    private void StoreNumbers()
    {
        Span<byte> digits = stackalloc byte[20];
        for (int i = 0; i < _keys.Count; i++)
        {
            Utf8Formatter.TryFormat(1_000_000_000u + (uint)i, digits, out int length);
            Expect(_store.Put(_store.Key(_keys.Stored(i)), new PutRequest { Value = digits[..length] }).Status);
        }
    }

    private void Increment()
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            Expect(_store.Count(_store.Key(_keys.Asked(i)), 1, decrement: false).Status);
        }

        _store.Clock.Refresh();
    }

    private void Hash()
    {
        ulong sum = 0;
        for (int i = 0; i < _keys.Count; i++)
        {
            sum += _store.Key(_keys.Asked(i)).Hash;
        }

        Expect(sum != 1);
    }

    private static void Expect(StoreStatus status) => Expect(status == StoreStatus.Ok);

    private static void Expect(bool right)
    {
        if (!right)
        {
            throw new InvalidOperationException("the store did not do what was asked: the time would mean nothing");
        }
    }

    private struct CopyReader : IItemReader
    {
        public byte[] Destination;
        public long Copied;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Read(in Item item)
        {
            item.Value.CopyTo(Destination);
            Copied += item.Value.Length;
        }
    }
}
