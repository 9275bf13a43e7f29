using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// The array that epoll_wait fills. Relies on the layout of struct epoll_event: 32 bits of events and 64 bits of the caller's
/// number, packed (12 bytes, number at 4) on x64 and naturally aligned (16 bytes, number at 8) everywhere else.
/// </summary>
internal sealed unsafe class EpollEvents : IDisposable
{
    public const int MaxEventBytes = 16;

    public const uint Readable = 0x1; // EPOLLIN
    public const uint Writable = 0x4; // EPOLLOUT
    public const uint Failed = 0x8 | 0x10; // EPOLLERR, EPOLLHUP
    public const uint PeerClosed = 0x2000; // EPOLLRDHUP
    public const uint OnChange = 1u << 31; // EPOLLET
    public const uint OneWaiter = 1u << 28; // EPOLLEXCLUSIVE

    private static readonly bool IsPacked = RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private readonly int _capacity;
    private byte* _events;

    public EpollEvents(int capacity)
    {
        _capacity = capacity;
        _events = (byte*)NativeMemory.AllocZeroed((nuint)capacity, MaxEventBytes);
    }

    private static int EventBytes => IsPacked ? 12 : 16;

    private static int NumberOffset => IsPacked ? 4 : 8;

    /// <summary>Waits; returns how many events there are, or a negative number for an error.</summary>
    /// <param name="epoll">The epoll descriptor.</param>
    /// <param name="timeoutMilliseconds">-1 for ever.</param>
    public int Wait(int epoll, int timeoutMilliseconds) => LinuxCalls.Wait(epoll, _events, _capacity, timeoutMilliseconds);

    /// <summary>The number that the descriptor of an event was registered with, and what happened.</summary>
    public ulong Get(int index, out uint events)
    {
        Debug.Assert((uint)index < (uint)_capacity, "one of the events");
        byte* item = _events + (index * EventBytes);
        events = Unsafe.ReadUnaligned<uint>(item);
        return Unsafe.ReadUnaligned<ulong>(item + NumberOffset);
    }

    /// <summary>Writes one event for epoll_ctl.</summary>
    public static void Write(byte* item, uint events, ulong number)
    {
        Unsafe.WriteUnaligned(item, events);
        Unsafe.WriteUnaligned(item + NumberOffset, number);
    }

    public void Dispose()
    {
        NativeMemory.Free(_events);
        _events = null;
    }
}
