using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AotKv.Perf.Net;

/// <summary>Linux: one level-triggered epoll, and send and receive as plain system calls.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe class EpollNetwork : INetwork
{
    private const int MaxEvents = 512;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataOffset + 8;

    private readonly List<Socket> _sockets = [];
    private readonly int _epoll;
    private readonly byte* _events;
    private int[] _descriptors = new int[16];

    public EpollNetwork()
    {
        _epoll = Check(Libc.EpollCreate(0), "epoll_create1");
        _events = (byte*)NativeMemory.Alloc(MaxEvents, 16);
    }

    public int Add(Socket socket)
    {
        int id = _sockets.Count;
        if (id == _descriptors.Length)
        {
            Array.Resize(ref _descriptors, id * 2);
        }

        _sockets.Add(socket);
        _descriptors[id] = (int)socket.Handle;
        Control(Libc.EpollAdd, id, Libc.EpollIn);
        return id;
    }

    public int Receive(int id, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            return Result(Libc.Receive(_descriptors[id], start, buffer.Length, Libc.DontWait));
        }
    }

    public int Send(int id, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            return Result(Libc.Send(_descriptors[id], start, bytes.Length, Libc.DontWait | Libc.NoSignal));
        }
    }

    public void WatchWrites(int id, bool watch) => Control(Libc.EpollModify, id, Libc.EpollIn | (watch ? Libc.EpollOut : 0));

    public void Remove(int id)
    {
        Control(Libc.EpollDelete, id, 0);
        _sockets[id].Dispose();
    }

    public int Wait(Span<Ready> ready, int timeoutMilliseconds)
    {
        int limit = Math.Min(ready.Length, MaxEvents);

        // A look first: under load something is always there, and a look costs half of a wait.
        int count = Libc.EpollLook(_epoll, _events, limit, 0);
        if (count == 0 && timeoutMilliseconds > 0)
        {
            count = Libc.EpollWait(_epoll, _events, limit, timeoutMilliseconds);
        }

        for (int i = 0; i < count; i++)
        {
            uint what = *(uint*)(_events + (i * EventBytes));
            int id = *(int*)(_events + (i * EventBytes) + DataOffset);
            ready[i] = new Ready(id, (what & (Libc.EpollIn | Libc.EpollError | Libc.EpollHangUp)) != 0, (what & Libc.EpollOut) != 0);
        }

        return Math.Max(count, 0);
    }

    public void Dispose()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }

        _ = Libc.Close(_epoll);
        NativeMemory.Free(_events);
    }

    private static int Result(nint returned)
    {
        if (returned >= 0)
        {
            return (int)returned;
        }

        return Marshal.GetLastSystemError() is Libc.ErrorAgain or Libc.ErrorInterrupted ? INetwork.WouldBlock : 0;
    }

    private static int Check(int returned, string call) =>
        returned >= 0 ? returned : throw new Win32Exception(Marshal.GetLastPInvokeError(), call);

    private void Control(int operation, int id, uint what)
    {
        byte* change = stackalloc byte[16];
        *(uint*)change = what;
        *(long*)(change + DataOffset) = id;
        Check(Libc.EpollControl(_epoll, operation, _descriptors[id], change), "epoll_ctl");
    }
}
