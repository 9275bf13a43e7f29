// Relies on: Enter is called before everything else and Exit after; the active segment belongs to this head alone.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>A place where records are appended: one for new writes, one for survivors of reclaimed segments.</summary>
/// <remarks>Lock order: stripe, head, pool.</remarks>
internal sealed unsafe class LogHead
{
    private readonly SegmentPool _pool;
    private readonly SegmentQueue _queue;
    private readonly State* _state;
    private readonly bool _isMain;

    public LogHead(SegmentPool pool, SegmentQueue queue, void* state, bool isMain)
    {
        _pool = pool;
        _queue = queue;
        _state = (State*)state;
        *_state = new State { Active = -1 };
        _isMain = isMain;
    }

    /// <summary>Bytes of native memory that a head needs for itself: a cache line.</summary>
    public static int StateBytes => 64;

    /// <summary>The segment being appended to, or -1.</summary>
    public int Active => Volatile.Read(ref _state->Active);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter() => WordLock.Enter(&_state->Lock);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Exit() => WordLock.Exit(&_state->Lock);

    /// <summary>Makes room for a record at the end of the log. The caller writes it before it leaves the lock.</summary>
    /// <param name="size">Bytes of the record, a multiple of the alignment.</param>
    /// <param name="location">Where it is.</param>
    /// <returns>Its address; null when there is no free segment to go on in.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Append(int size, out long location)
    {
        State* state = _state;
        if (state->Cursor + size <= state->Limit)
        {
            byte* at = state->Cursor;
            state->Cursor = at + size;
            _pool[state->Active]->Used = state->Cursor - state->Base;
            location = state->BaseLocation + ((at - state->Base) / RecordLayout.Alignment);
            return at;
        }

        return AppendToNext(size, out location);
    }

    /// <summary>Seals the active segment, so that it can be reclaimed.</summary>
    public void Seal()
    {
        State* state = _state;
        if (state->Active >= 0)
        {
            _queue.Enqueue(state->Active);
            state->Active = -1;
            state->Cursor = null;
            state->Limit = null;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* AppendToNext(int size, out long location)
    {
        location = 0;
        int id = _pool.TakeShared(forRelocation: _isMain);
        if (id < 0)
        {
            return null;
        }

        Seal();
        Segment* segment = _pool[id];
        segment->IsMain = _isMain;
        State* state = _state;
        state->Base = segment->Base;
        state->Cursor = segment->Base + SegmentGeometry.SegmentHeaderBytes;
        state->Limit = segment->Base + segment->Capacity;
        state->BaseLocation = _pool.Location(id, 0);
        Volatile.Write(ref state->Active, id);
        return Append(size, out location);
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
    }
}
