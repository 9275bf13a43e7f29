// Relies on: Enter is called before everything else and Exit after; the active segment belongs to this head alone; a record is
// written before the lock is left, or counted as being filled until it is.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>A place where records are appended: one for new writes, one for survivors of reclaimed segments.</summary>
/// <remarks>Lock order: stripe, head, pool.</remarks>
internal sealed unsafe class LogHead
{
    /// <summary>Bytes of a segment's first record.</summary>
    private const int StartRecordBytes = RecordLayout.HeaderBytes + RecordLayout.SpecialBytes + SegmentStart.Bytes;

    private readonly SegmentPool _pool;
    private readonly SegmentQueue _queue;
    private readonly Revisions _revisions;
    private readonly State* _state;
    private readonly bool _isMain;
    private readonly bool _isDurable;
    private readonly int[] _unsynced; // head lock; sealed or large, and not yet seen by a sync
    private int _unsyncedCount; // head lock
    private ulong _previousSequence; // head lock
    private long _previousBytes; // head lock
    private ulong _ordinal; // head lock

    public LogHead(SegmentPool pool, SegmentQueue queue, Revisions revisions, void* state, bool isMain)
    {
        _pool = pool;
        _queue = queue;
        _revisions = revisions;
        _state = (State*)state;
        *_state = new State { Active = -1 };
        _isMain = isMain;
        _isDurable = pool.IsDurable;
        _unsynced = new int[_isDurable ? pool.Table.Count : 0];
    }

    /// <summary>The segment being appended to, or -1.</summary>
    public int Active => Volatile.Read(ref _state->Active);

    /// <summary>The place of the segment that became active last, in the order of all of this head. Head lock held.</summary>
    public ulong Ordinal => _ordinal;

    /// <summary>Whether there are sealed or large segments that no sync has seen.</summary>
    public bool HasUnsynced => Volatile.Read(ref _unsyncedCount) != 0;

    /// <summary>The sequence of that segment: what checksums of records in it take in.</summary>
    public ulong ActiveSequence => _state->Sequence;

    /// <summary>What was durable when the last sync ended; goes into the next segment's first record.</summary>
    public ulong DurableRevision { get; set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter() => WordLock.Enter(&_state->Lock);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => WordLock.Exit(&_state->Lock);

    /// <summary>Makes room for a record at the end of the log. The caller writes it before it leaves the lock.</summary>
    /// <param name="size">Bytes of the record, a multiple of the alignment.</param>
    /// <param name="location">Where it is.</param>
    /// <param name="mayUseReserve">The record makes room rather than taking it (a deletion), so the reclaimer's reserve may be used.</param>
    /// <returns>Its address; null when there is no free segment to go on in.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Append(int size, out long location, bool mayUseReserve = false)
    {
        State* state = _state;
        if (state->Cursor + size <= state->Limit)
        {
            byte* at = state->Cursor;
            state->Cursor = at + size;
            state->Segment->Used = state->Cursor - state->Base;
            location = state->BaseLocation + ((at - state->Base) / RecordLayout.Alignment);
            return at;
        }

        return AppendToNext(size, out location, mayUseReserve || _isMain);
    }

    /// <summary>Takes back the room for a record that was got last, in the same hold of the lock. No checksum was written there.</summary>
    /// <param name="size">Its size.</param>
    public void TakeBack(int size)
    {
        State* state = _state;
        state->Cursor -= size;
        state->Segment->Used = state->Cursor - state->Base;
    }

    /// <summary>Whether so many bytes of records can be appended one after the other. Head lock held.</summary>
    /// <param name="bytes">All of them.</param>
    /// <param name="largest">The largest.</param>
    public bool HasRoomFor(long bytes, int largest)
    {
        long left = _state->Limit - _state->Cursor;
        return bytes <= left || _pool.AvailableShared - SegmentPool.ReservedForRelocation > SegmentsFor(bytes, largest);
    }

    /// <summary>How many segments so many bytes of records need at most.</summary>
    public long SegmentsFor(long bytes, int largest)
    {
        long usable = _pool.Geometry.SegmentBytes - SegmentGeometry.SegmentHeaderBytes - StartRecordBytes - largest;
        return (bytes + usable - 1) / usable;
    }

    /// <summary>A record's value is going to be written after the lock was left. Head lock held.</summary>
    public void BeginFill() => _state->Filling++;

    /// <summary>It is written. Head lock held.</summary>
    public void EndFill() => _state->Filling--;

    /// <summary>Takes the lock when every record before the cursor is whole.</summary>
    public void EnterWhole()
    {
        SpinWait spinner = default;
        for (; ; )
        {
            Enter();
            if (_state->Filling == 0)
            {
                return;
            }

            Exit();
            spinner.SpinOnce(sleep1Threshold: -1);
        }
    }

    /// <summary>Seals the active segment, so that it can be reclaimed. Head lock held.</summary>
    public void Seal()
    {
        State* state = _state;
        if (state->Active < 0)
        {
            return;
        }

        int id = state->Active;
        if (_isDurable)
        {
            _previousSequence = state->Sequence;
            _previousBytes = state->Segment->Used;
            _unsynced[_unsyncedCount++] = id;
        }

        _queue.Enqueue(id);
        int filling = state->Filling;
        int word = state->Lock;
        *state = new State { Active = -1, Filling = filling, Lock = word };
    }

    /// <summary>Seals the active segment if large segments hang on it. No lock held.</summary>
    public bool SealIfItHoldsLarge()
    {
        EnterWhole();
        bool holds = _state->Active >= 0 && Volatile.Read(ref _state->Segment->LargeBytes) > 0;
        if (holds)
        {
            Seal();
        }

        Exit();
        return holds;
    }

    /// <summary>A large segment was written and is referred to from here on. Head lock held.</summary>
    public void AddUnsynced(int id) => _unsynced[_unsyncedCount++] = id;

    /// <summary>A large segment was taken back before any sync has seen it. Head lock held.</summary>
    public void RemoveUnsynced(int id)
    {
        for (int i = _unsyncedCount - 1; i >= 0; i--)
        {
            if (_unsynced[i] == id)
            {
                _unsynced.AsSpan(i + 1, _unsyncedCount - i - 1).CopyTo(_unsynced.AsSpan(i));
                _unsyncedCount--;
                return;
            }
        }
    }

    /// <summary>Goes on behind what recovery has found. Nobody else uses the head yet.</summary>
    /// <param name="ordinal">The highest place in the order.</param>
    /// <param name="sequence">The last segment's sequence.</param>
    /// <param name="bytes">Its length.</param>
    public void StartAfter(ulong ordinal, ulong sequence, long bytes)
    {
        _ordinal = ordinal;
        _previousSequence = sequence;
        _previousBytes = bytes;
    }

    /// <summary>Hands the sealed and the large segments that no sync has seen over to one. Head lock held.</summary>
    public int TakeUnsynced(Span<int> ids)
    {
        int count = Math.Min(_unsyncedCount, ids.Length);
        _unsynced.AsSpan(0, count).CopyTo(ids);
        _unsynced.AsSpan(count, _unsyncedCount - count).CopyTo(_unsynced);
        _unsyncedCount -= count;
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AppendToNext(int size, out long location, bool mayUseReserve)
    {
        location = 0;
        int id = _pool.TakeShared(mayUseReserve);
        if (id < 0)
        {
            return null;
        }

        Seal();
        Segment* segment = _pool.Table[id];
        segment->IsMain = _isMain;
        segment->Activation = _revisions.Last;
        segment->Ordinal = ++_ordinal;
        State* state = _state;
        state->Segment = segment;
        state->Base = segment->Base;
        state->Cursor = segment->Base + SegmentGeometry.SegmentHeaderBytes;
        state->Limit = segment->Base + segment->Capacity;
        state->BaseLocation = _pool.Table.Location(id, 0);
        state->Sequence = segment->Sequence;
        if (_isDurable)
        {
            WriteStart(segment);
        }

        Volatile.Write(ref state->Active, id);
        return Append(size, out location);
    }

    /// <summary>The first record of a durable segment says what came before it.</summary>
    private void WriteStart(Segment* segment)
    {
        Span<byte> value = stackalloc byte[SegmentStart.Bytes];
        new SegmentStart(_isMain, segment->Activation, _previousSequence, _previousBytes, DurableRevision, _ordinal).Write(value);
        var draft = new Draft { First = value, Kind = RecordKind.SegmentStart };
        int size = (int)RecordLayout.Size(draft.Attributes, 0, value.Length);
        var record = new Record(Append(size, out _));

        // No revision of its own: the segment may begin in the middle of a transaction.
        Record.WriteValue(record.WriteHead(draft, draft.Attributes, segment->Activation), draft);
        record.WriteChecksum(size, segment->Sequence);
        segment->Dead += size;
    }

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct State
    {
        public int Lock;
        public int Active;
        public byte* Cursor;
        public byte* Limit;
        public byte* Base;
        public long BaseLocation;
        public Segment* Segment;
        public ulong Sequence;
        public int Filling;
    }
}
