// Relies on: an id is in at most one queue, once; the ring holds every id there is, so it cannot overflow.
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>Sealed segments of one part (young or main), oldest first.</summary>
internal sealed unsafe class SegmentQueue
{
    private readonly SegmentTable _table;
    private readonly int[] _ring;
    private readonly int* _lock;
    private int _head; // queue lock
    private int _count; // queue lock

    public SegmentQueue(SegmentTable table, int* lockWord)
    {
        _table = table;
        _lock = lockWord;
        _ring = new int[table.Count];
    }

    /// <summary>Only the oldest segment may go: whoever reads the queue as a stream is not to find holes in it.</summary>
    public bool IsStream { get; init; }

    /// <summary>Segments in the queue.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Puts a segment that is full at the young end.</summary>
    public void Enqueue(int id)
    {
        WordLock.Enter(_lock);
        _table[id]->State = SegmentState.Sealed;
        _ring[(_head + _count) % _ring.Length] = id;
        _count++;
        WordLock.Exit(_lock);
    }

    /// <summary>Takes the oldest segment out; -1 when there is none, or it is not settled yet.</summary>
    public int Dequeue()
    {
        WordLock.Enter(_lock);
        int id = -1;
        if (_count > 0 && _table[_ring[_head]]->IsSettled)
        {
            id = _ring[_head];
            _head = (_head + 1) % _ring.Length;
            Took(id);
        }

        WordLock.Exit(_lock);
        return id;
    }

    /// <summary>Looks at every segment: how much is dead, and where most.</summary>
    public QueueSurvey Survey()
    {
        var survey = new QueueSurvey { Emptiest = -1, Unswept = -1, OldestActivation = ulong.MaxValue };
        WordLock.Enter(_lock);
        for (int i = 0; i < _count; i++)
        {
            int id = _ring[(_head + i) % _ring.Length];
            Segment* segment = _table[id];
            long written = segment->Used - SegmentGeometry.SegmentHeaderBytes;
            long dead = Volatile.Read(ref segment->Dead);
            survey.WrittenBytes += written;
            survey.DeadBytes += dead;
            survey.TombstoneBytes += segment->TombstoneBytes;
            survey.Bytes += segment->Capacity + Volatile.Read(ref segment->LargeBytes);
            if (segment->Activation < survey.OldestActivation)
            {
                survey.OldestActivation = segment->Activation;
                survey.Oldest = id;
            }

            int share = dead >= written ? QueueSurvey.WholeShare : (int)(dead * QueueSurvey.WholeShare / segment->Capacity);
            if (segment->IsSettled && share > survey.EmptiestShare && (i == 0 || !IsStream))
            {
                survey.EmptiestShare = share;
                survey.Emptiest = id;
            }

            survey.Unswept = segment->NeedsSweep ? id : survey.Unswept;
        }

        WordLock.Exit(_lock);
        return survey;
    }

    /// <summary>Takes one segment out from wherever it is; false when it is not there any more.</summary>
    public bool Remove(int id)
    {
        bool found = false;
        WordLock.Enter(_lock);
        for (int i = 0; i < _count; i++)
        {
            if (_ring[(_head + i) % _ring.Length] == id)
            {
                // The younger ones move up: order is age.
                for (; i < _count - 1; i++)
                {
                    _ring[(_head + i) % _ring.Length] = _ring[(_head + i + 1) % _ring.Length];
                }

                Took(id);
                found = true;
                break;
            }
        }

        WordLock.Exit(_lock);
        return found;
    }

    /// <summary>The sealed segments at this moment, oldest first.</summary>
    /// <param name="ids">Room for them.</param>
    /// <returns>How many were written.</returns>
    public int CopyTo(Span<int> ids)
    {
        WordLock.Enter(_lock);
        int count = Math.Min(_count, ids.Length);
        for (int i = 0; i < count; i++)
        {
            ids[i] = _ring[(_head + i) % _ring.Length];
        }

        WordLock.Exit(_lock);
        return count;
    }

    private void Took(int id)
    {
        _count--;
        _table[id]->State = SegmentState.Reclaiming;
    }
}

/// <summary>What a look at a queue's segments found.</summary>
internal struct QueueSurvey
{
    /// <summary>The share of a segment in which nothing is live.</summary>
    public const int WholeShare = 1024;

    /// <summary>Memory of the segments and of the large ones they refer to.</summary>
    public long Bytes;

    /// <summary>Bytes of records, live and dead.</summary>
    public long WrittenBytes;

    /// <summary>Bytes of dead records.</summary>
    public long DeadBytes;

    /// <summary>Bytes of deletion records that may still be needed.</summary>
    public long TombstoneBytes;

    /// <summary>The settled segment with the largest share of dead bytes, or -1.</summary>
    public int Emptiest;

    /// <summary>Its dead bytes, of 1024.</summary>
    public int EmptiestShare;

    /// <summary>The segment that became active first.</summary>
    public int Oldest;

    /// <summary>When it did, as a revision.</summary>
    public ulong OldestActivation;

    /// <summary>A segment that a flush may have emptied, or -1.</summary>
    public int Unswept;
}
