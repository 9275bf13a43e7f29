using System.Runtime.CompilerServices;
using System.Text;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine;

public sealed unsafe partial class Store
{
    /// <summary>The longest name of a namespace, in bytes of UTF-8.</summary>
    public const int MaxNamespaceNameBytes = 255;

    /// <summary>The namespaces there are, the default one not among them, in no order.</summary>
    public IReadOnlyList<StoreNamespace> Namespaces => _namespaces.List();

    /// <summary>The namespace of memcached's port and of keys that name none.</summary>
    public StoreNamespace DefaultNamespace => _namespaces.Default;

    /// <summary>Finds a namespace by name; null when there is none.</summary>
    /// <param name="name">The name.</param>
    public StoreNamespace? FindNamespace(string name) => _namespaces.Find(name);

    /// <summary>Finds or creates a namespace.</summary>
    /// <param name="name">1 to 255 bytes of UTF-8.</param>
    /// <returns>The namespace; null when the log has no room for it.</returns>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public StoreNamespace? CreateNamespace(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) is 0 or > MaxNamespaceNameBytes)
        {
            throw new ArgumentException($"a namespace's name has 1 to {MaxNamespaceNameBytes} bytes", nameof(name));
        }

        lock (_namespaces.Gate)
        {
            StoreNamespace? ns = _namespaces.Find(name);
            if (ns != null)
            {
                return ns;
            }

            ns = _namespaces.Draft(name);
            Room room = default;
            while (!LogState(ns, ns.State, ref room))
            {
                if (!MakeRoom(ref room))
                {
                    return null;
                }
            }

            _namespaces.Publish(ns);
            return ns;
        }
    }

    /// <summary>Empties a namespace at once; its memory is taken back later.</summary>
    /// <param name="ns">The namespace, also the default one.</param>
    /// <returns>False when the log has no room for saying so; nothing has changed then.</returns>
    public bool FlushNamespace(StoreNamespace ns)
    {
        ArgumentNullException.ThrowIfNull(ns);
        return Empty(ns, drop: false);
    }

    /// <summary>Drops a namespace and everything in it at once; its memory is taken back later. A new one of the name begins empty.</summary>
    /// <param name="ns">The namespace, not the default one.</param>
    /// <returns>False when the log has no room for saying so; nothing has changed then.</returns>
    /// <exception cref="ArgumentException">It is the default namespace.</exception>
    public bool DropNamespace(StoreNamespace ns)
    {
        ArgumentNullException.ThrowIfNull(ns);
        if (ns.Number == 0)
        {
            throw new ArgumentException("the default namespace cannot be dropped", nameof(ns));
        }

        lock (_namespaces.Gate)
        {
            if (ns.IsDropped || !Empty(ns, drop: true))
            {
                return ns.IsDropped;
            }

            _namespaces.Forget(ns);
            return true;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal StoreNamespace? FindNamespace(uint number) => _namespaces.Find(number);

    /// <summary>Counts an item in or out. Stripe lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CountItem(Stripe* stripe, uint ns, int items, long bytes)
    {
        if (ns == 0)
        {
            stripe->LiveItems += items;
            stripe->LiveBytes += bytes;
        }
        else
        {
            FindNamespace(ns)?.Count(items, bytes);
        }
    }

    /// <summary>
    /// One revision divides what is flushed from the rest. It is drawn with every stripe locked (rising order), so that no write is
    /// under way and the counts of what is visible can start again from zero. A few nanoseconds per stripe; no item is touched.
    /// </summary>
    private bool Empty(StoreNamespace ns, bool drop)
    {
        Room room = default;
        for (; ; )
        {
            LockAll();
            _head.Enter();
            ulong revision = _revisions.Next();
            _head.Exit();
            if (LogState(ns, new NamespaceState(revision, drop, ns.Name), ref room))
            {
                ns.Empty(revision, drop);
                if (ns.Number == 0)
                {
                    Volatile.Write(ref _flushedRevision, revision);
                }

                AfterEmptied(ns.Number == 0);
                return true;
            }

            UnlockAll();
            if (!MakeRoom(ref room))
            {
                return false;
            }
        }
    }

    private void AfterEmptied(bool isDefault)
    {
        for (int i = 0; i < _segments.Count; i++)
        {
            _segments[i]->NeedsSweep = !_segments[i]->IsLarge && _segments[i]->State is not (SegmentState.Absent or SegmentState.Free);
        }

        for (int i = 0; i < _table.StripeCount && isDefault; i++)
        {
            _table[i]->LiveItems = 0;
            _table[i]->LiveBytes = 0;
        }

        UnlockAll();
        _maintenance.Signal();
    }

    /// <summary>Writes down what a namespace is. False when there is no room for it.</summary>
    private bool LogState(StoreNamespace ns, NamespaceState state, ref Room room)
    {
        if (!_logsChanges)
        {
            return true;
        }

        if (_syncer?.Failure != null)
        {
            return false;
        }

        var draft = new Draft { First = state.ToBytes(), Namespace = ns.Number, Kind = RecordKind.Namespace };
        if (!Place(draft, ref room, out Record record, out _))
        {
            return false;
        }

        ns.StateRevision = record.Revision;
        return true;
    }

    private void LockAll()
    {
        for (int i = 0; i < _table.StripeCount; i++)
        {
            Native.WordLock.Enter(&_table[i]->Lock);
        }
    }

    private void UnlockAll()
    {
        for (int i = 0; i < _table.StripeCount; i++)
        {
            Memtable.Memtable.Unlock(_table[i]);
        }
    }
}
