// Relies on: the reserved range is as long as the store lives. Buckets are read and written without a lock: what they hold are hints, and
// two writers at once can at worst lose or double one.
using System.Numerics;
using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Native;

namespace AotKv.Engine.Eviction;

/// <summary>
/// Remembers keys that were evicted unread not long ago ("ghosts"): who is stored again while remembered was evicted too early, and
/// gets a place among the survivors. Two bytes a key: 16 bits of its hash, in a bucket of one cache line that other bits choose, the latest
/// first. A bucket's oldest falls out when one comes in, so the memory is bounded, and a foreign key passes in one of 2,000 cases.
/// </summary>
internal sealed unsafe class Ghosts : IDisposable
{
    /// <summary>Fingerprints in a bucket: one cache line.</summary>
    private const int BucketEntries = 32;

    private const int BucketBytes = BucketEntries * sizeof(ushort);

    private readonly SegmentPool _pool;
    private readonly byte* _memory;
    private readonly long _reservedBytes;
    private long _committedBytes; // reclaimer's gate
    private long _wantedBytes; // reclaimer's gate
    private uint _buckets; // reclaimer's gate for writing

    /// <summary>Reserves addresses; memory is used from the first eviction on, and then kept.</summary>
    /// <param name="pool">Whose budget it counts against.</param>
    /// <param name="memoryLimitBytes">The store's limit: at most a thirty-second of it is used.</param>
    public Ghosts(SegmentPool pool, long memoryLimitBytes)
    {
        _pool = pool;
        _reservedBytes = NativePages.RoundUp(Math.Max(memoryLimitBytes / 32, NativePages.Granularity));
        _memory = Throw.IfNoMemory(NativePages.Reserve(_reservedBytes), _reservedBytes);
    }

    /// <summary>How many keys can be remembered now.</summary>
    public long Capacity => (long)Volatile.Read(ref _buckets) * BucketEntries;

    /// <summary>
    /// Makes room for about as many keys as there are items: whoever comes back later than that would have had to take the place of
    /// somebody better. When the room changes, which is seldom, what was remembered is not found any more. Reclaimer's gate held.
    /// </summary>
    /// <param name="items">Items in the store.</param>
    public void Fit(long items)
    {
        long capacity = Capacity;
        if (items <= capacity + (capacity / 4) && items >= capacity / 2)
        {
            return;
        }

        _wantedBytes = Math.Min(NativePages.RoundUp(items * sizeof(ushort)), _reservedBytes);
        Grow();
    }

    /// <summary>
    /// Goes on towards the room that is wanted, as far as the budget allows now: the memory is full when it is first wanted, and segments are
    /// given up for it one by one. Reclaimer's gate held.
    /// </summary>
    public void Grow()
    {
        while (_committedBytes < _wantedBytes)
        {
            long piece = Math.Min(_wantedBytes - _committedBytes, NativePages.RoundUp(_pool.Geometry.SegmentBytes / 2));
            if (!_pool.TryMakeRoomForIndex(piece) || !NativePages.Commit(_memory + _committedBytes, piece))
            {
                return;
            }

            _pool.AddIndexBytes(piece);
            _committedBytes += piece;
        }

        uint buckets = (uint)(_wantedBytes / BucketBytes);
        if (buckets != _buckets)
        {
            Volatile.Write(ref _buckets, buckets);
        }
    }

    /// <summary>Remembers a key.</summary>
    /// <param name="hash">Its hash.</param>
    public void Remember(ulong hash)
    {
        ushort* bucket = Bucket(hash);
        if (bucket != null)
        {
            Buffer.MemoryCopy(bucket, bucket + 1, BucketBytes - sizeof(ushort), BucketBytes - sizeof(ushort));
            *bucket = Fingerprint(hash);
        }
    }

    /// <summary>Whether a key is remembered; it is forgotten then.</summary>
    /// <param name="hash">Its hash.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Take(ulong hash) => Volatile.Read(ref _buckets) != 0 && Find(hash);

    public void Dispose() => NativePages.Unmap(_memory, _reservedBytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Find(ulong hash)
    {
        ushort* bucket = Bucket(hash);
        int at = bucket == null ? -1 : new ReadOnlySpan<ushort>(bucket, BucketEntries).IndexOf(Fingerprint(hash));
        if (at < 0)
        {
            return false;
        }

        int behind = (BucketEntries - at - 1) * sizeof(ushort);
        Buffer.MemoryCopy(bucket + at + 1, bucket + at, behind, behind);
        bucket[BucketEntries - 1] = 0;
        return true;
    }

    private ushort* Bucket(ulong hash)
    {
        uint buckets = Volatile.Read(ref _buckets);
        return buckets == 0 ? null : (ushort*)(_memory + (Math.BigMul((uint)(hash >> 16), buckets) >> 32 << BitOperations.Log2((uint)BucketBytes)));
    }

    /// <summary>Bits that choose neither the bucket nor, together with the slot's tag, the place in the index; 0 is nobody.</summary>
    private static ushort Fingerprint(ulong hash)
    {
        ushort bits = (ushort)hash;
        return bits == 0 ? (ushort)1 : bits;
    }
}
