using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// The Linux system calls of the native loops. Relies on: the generic numbers of Linux (x64, arm64, riscv64 and others; not mips,
/// sparc, alpha), which <see cref="IsSupported"/> checks; descriptors are non-blocking, so calls marked with
/// SuppressGCTransition return within microseconds and do not hold up a collection; errno is read straight behind a failed call,
/// with no managed call in between that could change it.
/// </summary>
internal static unsafe partial class LinuxCalls
{
    public const int NoDescriptor = -1;

    public const int ErrorInterrupted = 4; // EINTR
    public const int ErrorTryAgain = 11; // EAGAIN
    public const int ErrorNoMemory = 12; // ENOMEM
    public const int ErrorTableFull = 23; // ENFILE
    public const int ErrorTooManyFiles = 24; // EMFILE
    public const int ErrorConnectionAborted = 103; // ECONNABORTED
    public const int ErrorNoBuffers = 105; // ENOBUFS

    public const int ControlAdd = 1;
    public const int ControlDelete = 2;
    public const int ControlModify = 3;

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, SOCK_CLOEXEC, EFD_CLOEXEC
    private const int NonBlocking = 0x800; // SOCK_NONBLOCK, EFD_NONBLOCK
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int ShutdownWrite = 1; // SHUT_WR
    private const int OpenFilesLimit = 7; // RLIMIT_NOFILE

    /// <summary>The platform these calls are written for.</summary>
    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>errno of the call just made on this thread.</summary>
    public static int LastError => Marshal.GetLastSystemError();

    public static int CreateEpoll() => CreateEpoll(CloseOnExec);

    public static int CreateEvent() => CreateEvent(0, CloseOnExec | NonBlocking);

    /// <summary>Registers, changes or removes a descriptor; the number comes back with its events.</summary>
    public static bool Control(int epoll, int operation, int descriptor, uint events, ulong number)
    {
        byte* item = stackalloc byte[EpollEvents.MaxEventBytes];
        EpollEvents.Write(item, events, number);
        return Control(epoll, operation, descriptor, item) == 0;
    }

    /// <summary>Accepts a connection, non-blocking.</summary>
    public static int Accept(int listener) => Accept(listener, null, null, CloseOnExec | NonBlocking);

    /// <summary>Receives what is there; 0 at the end of the stream, negative for an error.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Receive(int descriptor, Span<byte> buffer)
    {
        fixed (byte* pointer = buffer)
        {
            return (int)Receive(descriptor, pointer, (nuint)buffer.Length, 0);
        }
    }

    /// <summary>Sends what the system takes; negative for an error. A peer that is gone raises no signal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Send(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* pointer = bytes)
        {
            return (int)Send(descriptor, pointer, (nuint)bytes.Length, NoSignal);
        }
    }

    /// <summary>Sends what the system takes of three pieces, one behind the other, in one call; negative for an error.</summary>
    public static int Send(int descriptor, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        fixed (byte* one = first, two = second, three = third)
        {
            // struct iovec: address, length; struct msghdr: name, its length, iovec, their number, control, its length, flags.
            nuint* pieces = stackalloc nuint[] { (nuint)one, (nuint)first.Length, (nuint)two, (nuint)second.Length, (nuint)three, (nuint)third.Length };
            nuint* message = stackalloc nuint[] { 0, 0, (nuint)pieces, 3, 0, 0, 0 };
            return (int)SendMessage(descriptor, message, NoSignal);
        }
    }

    /// <summary>Raises an event descriptor, which wakes who waits for it.</summary>
    public static void Raise(int eventDescriptor)
    {
        ulong one = 1;
        Write(eventDescriptor, &one, sizeof(ulong));
    }

    /// <summary>Takes the event descriptor back to rest.</summary>
    public static void Clear(int eventDescriptor)
    {
        ulong value;
        Read(eventDescriptor, &value, sizeof(ulong));
    }

    /// <summary>Closes; what the system says of it changes nothing.</summary>
    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>Says that no more bytes will be sent; what was sent before still arrives.</summary>
    public static void FinishSending(int descriptor) => _ = Shutdown(descriptor, ShutdownWrite);

    /// <summary>
    /// Raises the limit of open descriptors, when it is lower, to what is needed and what is reserved beside it, or as far towards
    /// that as the system allows; false when not even the needed ones are allowed.
    /// </summary>
    public static bool EnsureDescriptors(int needed, int reserved)
    {
        ulong* limits = stackalloc ulong[2]; // soft, hard
        if (GetLimit(OpenFilesLimit, limits) != 0)
        {
            return false;
        }

        ulong wanted = (ulong)needed + (ulong)reserved;
        if (limits[0] >= wanted)
        {
            return true;
        }

        ulong hard = limits[1];
        limits[0] = wanted;
        limits[1] = Math.Max(hard, wanted);
        if (SetLimit(OpenFilesLimit, limits) == 0)
        {
            return true;
        }

        limits[0] = hard;
        limits[1] = hard;
        return hard >= (ulong)needed && SetLimit(OpenFilesLimit, limits) == 0;
    }

    /// <summary>Waits for events; blocks, so the collector is let in.</summary>
    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int Wait(int epoll, void* events, int count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    [SuppressGCTransition]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    private static partial int CreateEpoll(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    private static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    [SuppressGCTransition]
    private static partial int Control(int epoll, int operation, int descriptor, void* item);

    [LibraryImport("libc", EntryPoint = "accept4")]
    [SuppressGCTransition]
    private static partial int Accept(int listener, void* address, void* length, int flags);

    [LibraryImport("libc", EntryPoint = "recv")]
    [SuppressGCTransition]
    private static partial nint Receive(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    [SuppressGCTransition]
    private static partial nint Send(int descriptor, byte* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg")]
    [SuppressGCTransition]
    private static partial nint SendMessage(int descriptor, void* message, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    [SuppressGCTransition]
    private static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "read")]
    [SuppressGCTransition]
    private static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    [SuppressGCTransition]
    private static partial int Shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limits);
}
