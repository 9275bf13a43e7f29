// Relies on: a stripe lies in the memtable's native array and its lock is held by whoever changes anything in it.
using System.Runtime.InteropServices;

namespace AotKv.Engine.Memtable;

/// <summary>One part of the index with its own lock: a table of lines of eight slots. 64 bytes, one cache line.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct Stripe
{
    /// <summary>The stripe's lock.</summary>
    public int Lock;

    /// <summary>Lines that are some hash's home. Behind them lie <see cref="Memtable.SpillLines"/> more.</summary>
    public uint Lines;

    /// <summary>First slot; 64-byte aligned; never moves.</summary>
    public ulong* Slots;

    /// <summary>Slots in use.</summary>
    public int Count;

    /// <summary>The count at which the stripe grows.</summary>
    public int GrowAt;

    /// <summary>Items of the default namespace that are not known to be dead.</summary>
    public int LiveItems;

    /// <summary>Bytes of the records of <see cref="LiveItems"/>.</summary>
    public long LiveBytes;

    /// <summary>Counter: records written for clients.</summary>
    public long Written;
}
