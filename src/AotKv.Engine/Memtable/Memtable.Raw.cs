// Relies on: every access to a stripe's slots happens with its lock held, except the prefetches, which only ask the processor
// for lines. Slot arrays lie in one reserved range and never move; a location in a slot is valid while the lock is held.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using AotKv.Engine.Log;
using AotKv.Engine.Native;

namespace AotKv.Engine.Memtable;

/// <summary>
/// The index: stripes of open-addressing tables whose unit is a line of eight 8-byte slots. A key's home line follows from the
/// hash bits in its slot (a multiplication maps them onto any number of lines in order), so a stripe grows by an eighth without reading
/// keys. A full line spills into the next; slots of a line are packed, so the first empty one ends a search.
/// </summary>
internal sealed unsafe class Memtable : IDisposable
{
    /// <summary>Slots in a line: one cache line.</summary>
    public const int LineSlots = 8;

    /// <summary>Lines behind the last home line, for what spills over.</summary>
    public const int SpillLines = 4;

    /// <summary>What one call of <see cref="Collect"/> finds at most.</summary>
    public const int CollectCapacity = (CollectLines + SpillLines) * LineSlots;

    private const int CollectLines = 4;

    /// <summary>How many slots ahead <see cref="RemoveWhere"/> asks for the record: the test looks at it.</summary>
    private const int RemoveAhead = 16;

    private const int MinLines = 4;

    /// <summary>A stripe's slots begin at one of this many lines of its first page, for the same reason.</summary>
    private const int ColorLines = 32;

    private const int LineBytes = LineSlots * sizeof(ulong);

    private readonly SegmentPool _pool;
    private readonly SegmentTable _segments;
    private readonly Stripe* _stripes;
    private readonly byte* _slots;
    private readonly long _stripesBytes;
    private readonly long _regionBytes;
    private readonly uint _maxLines;
    private readonly Lock _scratchLock = new(); // one stripe at a time changes its size
    private ulong* _scratch; // scratch lock
    private long _scratchBytes; // scratch lock

    public Memtable(SegmentPool pool, long memoryLimitBytes)
    {
        _pool = pool;
        _segments = pool.Table;
        StripeCount = (int)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(memoryLimitBytes >> 21, 64, 65536));

        _slots = ReserveSlots(memoryLimitBytes, StripeCount, out _regionBytes);
        _maxLines = (uint)Math.Min((_regionBytes / LineBytes) - SpillLines - ColorLines, 1 << Slot.TagBits);
        _stripesBytes = NativePages.RoundUp((long)StripeCount * sizeof(Stripe));
        _stripes = (Stripe*)Throw.IfNoMemory(NativePages.Map(_stripesBytes), _stripesBytes);
        for (int i = 0; i < StripeCount; i++)
        {
            Stripe* stripe = _stripes + i;
            stripe->Slots = (ulong*)(_slots + (i * _regionBytes) + (i % ColorLines * LineBytes));
            _ = NativePages.Commit(Region(stripe), RegionUsed(stripe, MinLines));
            SetLines(stripe, MinLines);
            _pool.AddIndexBytes(RegionUsed(stripe, MinLines));
        }

        _pool.AddIndexBytes(_stripesBytes);
    }

    /// <summary>Number of stripes, a power of two.</summary>
    public int StripeCount { get; }

    /// <summary>The stripe of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Stripe* StripeOf(ulong hash) => _stripes + ((uint)hash & (uint)(StripeCount - 1));

    /// <summary>The number of a hash's stripe.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(ulong hash) => (int)((uint)hash & (uint)(StripeCount - 1));

    /// <summary>A stripe by number.</summary>
    public Stripe* this[int index] => _stripes + index;

    /// <summary>Locks and returns the stripe of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Stripe* Lock(ulong hash)
    {
        Stripe* stripe = StripeOf(hash);
        WordLock.Enter(&stripe->Lock);
        return stripe;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unlock(Stripe* stripe) => WordLock.Exit(&stripe->Lock);

    /// <summary>Finds a key's slot. Stripe lock held.</summary>
    /// <param name="stripe">The key's stripe.</param>
    /// <param name="key">The key.</param>
    /// <param name="record">Its record.</param>
    /// <param name="willReadValue">A constant: the record's next lines are asked for before its first one says where the value begins.</param>
    /// <returns>The slot, or null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* Find(Stripe* stripe, in ItemKey key, out Record record, bool willReadValue = false)
    {
        uint tag = Slot.Tag(key.Hash);
        ulong* line = HomeLine(stripe, tag);
        for (; ; line += LineSlots)
        {
            for (uint matches = SlotLine.Match(line, tag); matches != 0; matches &= matches - 1)
            {
                ulong* slot = line + SlotLine.First(matches);
                ulong value = *slot;
                Record candidate = _segments.At(Slot.Location(value));
                if (willReadValue)
                {
                    PrefetchRest(candidate.Address);
                }

                if (value != 0 && candidate.HasKey(key.Bytes, key.Namespace))
                {
                    record = candidate;
                    return slot;
                }
            }

            if (line[LineSlots - 1] == 0)
            {
                record = default;
                return null;
            }
        }
    }

    /// <summary>
    /// Guesses a key's slot without looking at any record: the first of its home line that has the tag. Asks for the record, so that the caller
    /// can do something else before it looks whether that is the key's. Stripe lock held.
    /// </summary>
    /// <param name="stripe">The key's stripe.</param>
    /// <param name="key">The key.</param>
    /// <param name="record">The record of the slot.</param>
    /// <param name="isAbsent">There is no slot for the key anywhere.</param>
    /// <returns>The slot, or null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong* Guess(Stripe* stripe, in ItemKey key, out Record record, out bool isAbsent)
    {
        uint tag = Slot.Tag(key.Hash);
        ulong* line = HomeLine(stripe, tag);
        uint matches = SlotLine.Match(line, tag);
        ulong* slot = line + SlotLine.First(matches);
        if (matches == 0 || *slot == 0)
        {
            record = default;
            isAbsent = line[LineSlots - 1] == 0;
            return null;
        }

        isAbsent = false;
        record = _segments.At(Slot.Location(*slot));
        if (Sse.IsSupported)
        {
            // Header and key may lie in two lines.
            Sse.Prefetch0(record.Address);
            Sse.Prefetch0(record.Address + RecordLayout.HeaderBytes + key.Bytes.Length - 1);
        }

        return slot;
    }

    /// <summary>What <see cref="Find"/> does, for a key that <see cref="Guess"/> says nothing of.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public ulong* FindFurther(Stripe* stripe, in ItemKey key, out Record record) => Find(stripe, key, out record);

    /// <summary>Finds the slot that points to a location. Stripe lock held.</summary>
    public static ulong* FindLocation(Stripe* stripe, ulong hash, long location)
    {
        ulong* slot = HomeLine(stripe, Slot.Tag(hash));
        for (; ; slot += LineSlots)
        {
            for (int i = 0; i < LineSlots; i++)
            {
                if (slot[i] != 0 && Slot.Location(slot[i]) == location)
                {
                    return slot + i;
                }
            }

            if (slot[LineSlots - 1] == 0)
            {
                return null;
            }
        }
    }

    /// <summary>
    /// The slot of a key that points to a location which other slots may have too; of two keys with the same tag either's slot will do,
    /// because both find both. Stripe lock held.
    /// </summary>
    public static ulong* FindReserved(Stripe* stripe, ulong hash, long location)
    {
        ulong tag = Slot.Tag(hash);
        ulong* slot = HomeLine(stripe, Slot.Tag(hash));
        for (; ; slot += LineSlots)
        {
            for (int i = 0; i < LineSlots; i++)
            {
                if (Slot.Tag(slot[i]) == tag && Slot.Location(slot[i]) == location)
                {
                    return slot + i;
                }
            }

            if (slot[LineSlots - 1] == 0)
            {
                return null;
            }
        }
    }

    /// <summary>Adds a slot for a key that has none. Stripe lock held.</summary>
    /// <returns>False when the index may not grow any more; nothing has changed then.</returns>
    public bool Insert(Stripe* stripe, ulong value)
    {
        if (stripe->Count >= stripe->GrowAt && !Grow(stripe))
        {
            return false;
        }

        while (!TryPlace(stripe, value))
        {
            if (!Grow(stripe))
            {
                return false;
            }
        }

        stripe->Count++;
        return true;
    }

    /// <summary>Removes a slot and closes the gap, so that what had spilled over it stays reachable. Stripe lock held.</summary>
    public static void Remove(Stripe* stripe, ulong* slot)
    {
        stripe->Count--;
        long line = (slot - stripe->Slots) / LineSlots;
        for (; ; )
        {
            ulong* start = stripe->Slots + (line * LineSlots);
            bool wasFull = start[LineSlots - 1] != 0;
            int last = LastUsed(start);
            *slot = start[last];
            start[last] = 0;
            if (!wasFull)
            {
                return;
            }

            // A full line may have sent slots on: the first that could live here comes back.
            slot = FindSpilled(stripe, line, out long from);
            if (slot == null)
            {
                return;
            }

            start[LineSlots - 1] = *slot;
            line = from;
        }
    }

    /// <summary>
    /// Reserves addresses for the slots. Half the limit is more than the smallest items can need (8 bytes of slot at two thirds load for 20
    /// of record); four times that leaves room for a limit that is raised, and is asked for first: addresses cost nothing until they are
    /// used, except where a system counts them (Linux without overcommitment).
    /// </summary>
    private static byte* ReserveSlots(long memoryLimitBytes, int stripes, out long regionBytes)
    {
        long least = Math.Max(memoryLimitBytes / 2 / stripes, 64 << 10);

        // An odd number of pages, so that the first lines of all stripes do not fall into the same sets of the processor's caches.
        regionBytes = NativePages.RoundUp(4 * least) | NativePages.Granularity;
        byte* at = NativePages.Reserve(regionBytes * stripes);
        if (at == null)
        {
            regionBytes = NativePages.RoundUp(least) | NativePages.Granularity;
            at = Throw.IfNoMemory(NativePages.Reserve(regionBytes * stripes), regionBytes * stripes);
        }

        return at;
    }

    /// <summary>Asks for the line of a hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(ulong hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(HomeLine(StripeOf(hash), Slot.Tag(hash)));
        }
    }

    /// <summary>Asks for the record of a hash: its first three cache lines. A guess without the lock; only asks the processor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchRecord(ulong hash)
    {
        if (Sse.IsSupported)
        {
            uint tag = Slot.Tag(hash);
            ulong* line = HomeLine(StripeOf(hash), tag);
            uint matches = SlotLine.Match(line, tag);
            if (matches != 0)
            {
                byte* record = _segments.At(Slot.Location(line[SlotLine.First(matches)])).Address;
                Sse.Prefetch0(record);
                PrefetchRest(record);
            }
        }
    }

    /// <summary>
    /// Collects the slots whose tags lie from one on, some lines' worth. Tags never change, so whoever goes on from where this ended sees
    /// every slot that stays exactly once, however the stripe is resized in between. Stripe lock held.
    /// </summary>
    /// <param name="stripe">The stripe.</param>
    /// <param name="fromTag">The first tag that counts.</param>
    /// <param name="slots">Room for them; at least <see cref="CollectCapacity"/>.</param>
    /// <param name="nextTag">Where to go on; 2^24 when the stripe is done.</param>
    /// <returns>How many were found.</returns>
    public static int Collect(Stripe* stripe, uint fromTag, Span<ulong> slots, out uint nextTag)
    {
        ulong lines = stripe->Lines;
        ulong first = ((ulong)fromTag * lines) >> Slot.TagBits;
        ulong behind = Math.Min(first + CollectLines, lines);

        // The lowest tag whose home is the line behind.
        nextTag = (uint)(((behind << Slot.TagBits) + lines - 1) / lines);
        int count = 0;
        ulong end = lines + SpillLines;
        for (ulong line = first; line < end; line++)
        {
            ulong* start = stripe->Slots + (line * LineSlots);
            for (int i = 0; i < LineSlots && start[i] != 0; i++)
            {
                uint tag = (uint)(start[i] >> Slot.TagShift);
                if (tag >= fromTag && tag < nextTag)
                {
                    slots[count++] = start[i];
                }
            }

            if (line >= behind && start[LineSlots - 1] == 0)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Removes the slots that a test names, each of which it sees once. Stripe lock held.</summary>
    public void RemoveWhere(Stripe* stripe, Func<ulong, bool> goes)
    {
        // Removing closes gaps with slots from further on, so the test's answers are gathered first.
        long slots = (long)(stripe->Lines + SpillLines) * LineSlots;
        var gone = new List<ulong>();
        for (long i = 0; i < slots; i++)
        {
            if (i + RemoveAhead < slots)
            {
                PrefetchAt(Slot.Location(stripe->Slots[i + RemoveAhead]));
            }

            if (stripe->Slots[i] != 0 && goes(stripe->Slots[i]))
            {
                gone.Add(stripe->Slots[i]);
            }
        }

        foreach (ulong value in gone)
        {
            ulong* slot = FindLocation(stripe, value, Slot.Location(value));
            Remove(stripe, slot);
        }
    }

    /// <summary>Asks for a record by location.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchAt(long location)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(_segments.At(location).Address);
        }
    }

    public void Dispose()
    {
        NativePages.Unmap((byte*)_stripes, _stripesBytes);
        NativePages.Unmap(_slots, _regionBytes * StripeCount);
        FreeScratch();
    }

    /// <summary>A record of a hundred bytes lies in three lines; of a longer one the processor guesses the rest when it is read in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchRest(byte* record)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(record + 64);
            Sse.Prefetch0(record + 128);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong* HomeLine(Stripe* stripe, uint tag) =>
        stripe->Slots + ((((ulong)tag * stripe->Lines) >> Slot.TagBits) * LineSlots);

    /// <summary>Bytes of a stripe's range, from its first page on, that so many lines take.</summary>
    private static long RegionUsed(Stripe* stripe, uint lines) =>
        NativePages.RoundUp(((byte*)stripe->Slots - Region(stripe)) + ((long)(lines + SpillLines) * LineBytes));

    /// <summary>The first page of a stripe's range.</summary>
    private static byte* Region(Stripe* stripe) => (byte*)((nint)stripe->Slots & ~(nint)(NativePages.Granularity - 1));

    private static int LastUsed(ulong* line)
    {
        int last = LineSlots - 1;
        while (line[last] == 0)
        {
            last--;
        }

        return last;
    }

    private static ulong* FindSpilled(Stripe* stripe, long line, out long from)
    {
        long end = stripe->Lines + SpillLines;
        for (from = line + 1; from < end; from++)
        {
            ulong* start = stripe->Slots + (from * LineSlots);
            for (int i = 0; i < LineSlots && start[i] != 0; i++)
            {
                long home = (long)(((start[i] >> Slot.TagShift) * stripe->Lines) >> Slot.TagBits);
                if (home <= line)
                {
                    return start + i;
                }
            }

            if (start[LineSlots - 1] == 0)
            {
                return null;
            }
        }

        return null;
    }

    private static bool TryPlace(Stripe* stripe, ulong value)
    {
        ulong* line = HomeLine(stripe, (uint)(value >> Slot.TagShift));
        ulong* end = stripe->Slots + ((long)(stripe->Lines + SpillLines - 1) * LineSlots);
        for (; line < end; line += LineSlots)
        {
            if (line[LineSlots - 1] == 0)
            {
                int i = LineSlots - 1;
                while (i > 0 && line[i - 1] == 0)
                {
                    i--;
                }

                line[i] = value;
                return true;
            }
        }

        // The last spill line stays empty: it ends every search.
        return false;
    }

    private static void SetLines(Stripe* stripe, uint lines)
    {
        stripe->Lines = lines;
        stripe->GrowAt = (int)(lines * (long)LineSlots * 7 / 8);
    }

    private bool Grow(Stripe* stripe)
    {
        uint lines = stripe->Lines + Math.Max(MinLines, stripe->Lines / 8);
        return lines <= _maxLines && Resize(stripe, lines);
    }

    /// <summary>Spreads a stripe over another number of lines: one pass over its slots, no key is read.</summary>
    private bool Resize(Stripe* stripe, uint lines)
    {
        long oldUsed = RegionUsed(stripe, stripe->Lines);
        long newUsed = RegionUsed(stripe, lines);
        _ = _pool.MakeRoomForIndex(newUsed - oldUsed);
        if (newUsed > oldUsed && !NativePages.Commit(Region(stripe) + oldUsed, newUsed - oldUsed))
        {
            return false;
        }

        long oldSlots = (long)(stripe->Lines + SpillLines) * LineSlots;
        lock (_scratchLock)
        {
            ulong* copy = Scratch(oldSlots * sizeof(ulong));
            return copy != null && Spread(stripe, copy, oldSlots, lines, oldUsed, newUsed);
        }
    }

    /// <summary>Copies the slots out and places them again; puts everything back when they do not fit.</summary>
    private bool Spread(Stripe* stripe, ulong* copy, long oldSlots, uint lines, long oldUsed, long newUsed)
    {
        uint oldLines = stripe->Lines;
        Buffer.MemoryCopy(stripe->Slots, copy, oldSlots * sizeof(ulong), oldSlots * sizeof(ulong));
        new Span<ulong>(stripe->Slots, checked((int)oldSlots)).Clear();
        SetLines(stripe, lines);
        bool placed = true;
        for (long i = 0; i < oldSlots && placed; i++)
        {
            placed = copy[i] == 0 || TryPlace(stripe, copy[i]);
        }

        if (!placed)
        {
            // So uneven that the spill lines overflow even at the new size: as it was, the caller tries another size.
            new Span<ulong>(stripe->Slots, (int)((lines + SpillLines) * LineSlots)).Clear();
            SetLines(stripe, oldLines);
            Buffer.MemoryCopy(copy, stripe->Slots, oldSlots * sizeof(ulong), oldSlots * sizeof(ulong));
            (newUsed, oldUsed) = (oldUsed, newUsed);
        }

        if (newUsed < oldUsed)
        {
            NativePages.Decommit(Region(stripe) + newUsed, oldUsed - newUsed);
        }

        if (placed)
        {
            _pool.AddIndexBytes(newUsed - oldUsed);
        }

        return placed;
    }

    private ulong* Scratch(long bytes)
    {
        if (_scratchBytes < bytes)
        {
            FreeScratch();
            _scratch = (ulong*)NativePages.Map(NativePages.RoundUp(bytes * 2));
            _scratchBytes = _scratch == null ? 0 : NativePages.RoundUp(bytes * 2);
        }

        return _scratch;
    }

    private void FreeScratch()
    {
        if (_scratch != null)
        {
            NativePages.Unmap((byte*)_scratch, _scratchBytes);
            _scratch = null;
        }
    }
}
