using System.Runtime.InteropServices;

namespace AotKv.Process;

/// <summary>
/// System calls around starting and stopping. Relies on: struct passwd begins with two pointers, then uid and gid as 32-bit numbers
/// (glibc and musl); the opaque structures of posix_spawn are at most <see cref="SpawnStructureBytes"/> long (336 in glibc).
/// </summary>
internal static unsafe partial class ProcessCalls
{
    public const int ErrorNotPermitted = 1; // EPERM

    private const int ErrorInterrupted = 4; // EINTR
    private const int GetDescriptorFlags = 1; // F_GETFD
    private const int SpawnStructureBytes = 1024;
    private const short SpawnNewSession = 0x80; // POSIX_SPAWN_SETSID
    private const int ReadWrite = 2; // O_RDWR
    private const int CloseOnExec = 0x80000; // O_CLOEXEC
    private const int LockAll = 1 | 2 | 4; // MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT
    private const int CoreLimit = 4; // RLIMIT_CORE
    private const int BatchPolicy = 3; // SCHED_BATCH
    private const int LockLimit = 8; // RLIMIT_MEMLOCK

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    /// <summary>Looks a user up.</summary>
    public static bool TryFindUser(string name, out uint user, out uint group)
    {
        const int BufferBytes = 16 << 10;
        byte* buffer = (byte*)NativeMemory.Alloc(BufferBytes);
        byte* record = stackalloc byte[128];
        void* found = null;
        user = 0;
        group = 0;
        int error = FindUser(name, record, buffer, BufferBytes, &found);
        if (error == 0 && found != null)
        {
            user = *(uint*)(record + (2 * sizeof(void*)));
            group = *(uint*)(record + (2 * sizeof(void*)) + sizeof(uint));
        }

        NativeMemory.Free(buffer);
        return error == 0 && found != null;
    }

    /// <summary>Gives up all supplementary groups; 0 or the error.</summary>
    public static int DropGroups() => SetGroups(0, null) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Becomes a user for good; false when the system refuses.</summary>
    public static bool Become(uint user, uint group) => SetGroup(group) == 0 && SetUser(user) == 0;

    /// <summary>A pipe whose ends are closed in programs started from here.</summary>
    public static bool TryPipe(out int readEnd, out int writeEnd)
    {
        int* ends = stackalloc int[2];
        bool made = Pipe(ends, CloseOnExec) == 0;
        readEnd = ends[0];
        writeEnd = ends[1];
        return made;
    }

    /// <summary>
    /// Starts a program in a session of its own, standard input and output on the null device, one more descriptor handed down.
    /// </summary>
    /// <returns>0 or the error.</returns>
    public static int Spawn(string path, string[] arguments, string[] environment, int descriptor, int childDescriptor, out int processId)
    {
        byte* actions = stackalloc byte[SpawnStructureBytes];
        byte* attributes = stackalloc byte[SpawnStructureBytes];
        int error = InitActions(actions) | InitAttributes(attributes) | SetFlags(attributes, SpawnNewSession)
            | AddOpen(actions, 0, "/dev/null", ReadWrite, 0) | AddOpen(actions, 1, "/dev/null", ReadWrite, 0)
            | AddDuplicate(actions, descriptor, childDescriptor);
        processId = 0;
        if (error == 0)
        {
            nint[] argumentTexts = ToNative([path, .. arguments]);
            nint[] environmentTexts = ToNative(environment);
            fixed (nint* argumentPointer = argumentTexts)
            fixed (nint* environmentPointer = environmentTexts)
            {
                error = Spawn(out processId, path, actions, attributes, argumentPointer, environmentPointer);
            }

            Array.ForEach(argumentTexts, Marshal.FreeCoTaskMem);
            Array.ForEach(environmentTexts, Marshal.FreeCoTaskMem);
        }

        _ = DestroyActions(actions);
        _ = DestroyAttributes(attributes);
        return error;
    }

    /// <summary>Reads one byte; false at the end of the stream.</summary>
    public static bool TryReadByte(int descriptor, out byte value)
    {
        byte read = 0;
        nint count;
        do
        {
            count = Read(descriptor, &read, 1);
        }
        while (count < 0);

        value = read;
        return count == 1;
    }

    public static void WriteByte(int descriptor, byte value) => _ = Write(descriptor, &value, 1);

    public static void CloseDescriptor(int descriptor) => _ = Close(descriptor);

    /// <summary>Waits for a child's end; returns its exit code, 1 when a signal ended it.</summary>
    public static int WaitForExit(int processId)
    {
        int status = 0;
        return WaitFor(processId, &status, 0) == processId && (status & 0x7f) == 0 ? (status >> 8) & 0xff : ExitCode.Failure;
    }

    /// <summary>Gives a signal its default meaning, in case it was inherited as ignored.</summary>
    public static void TakeSignal(int number) => _ = SetHandler(number, 0);

    /// <summary>Standard streams the process was started without go to the null device, before a file or socket gets their numbers.</summary>
    public static void FillStandardStreams()
    {
        int descriptor = Open("/dev/null", ReadWrite);
        while (descriptor is >= 0 and <= 2)
        {
            descriptor = Open("/dev/null", ReadWrite);
        }

        _ = Close(descriptor);
    }

    /// <summary>Puts a standard stream on the null device.</summary>
    public static void Silence(int descriptor)
    {
        int none = Open("/dev/null", ReadWrite);
        if (none >= 0)
        {
            _ = Duplicate(none, descriptor);
            _ = Close(none);
        }
    }

    /// <summary>Lets the process lock as much memory as it likes, where it has the right to decide that.</summary>
    public static void RaiseLockLimit()
    {
        ulong* limits = stackalloc ulong[2];
        limits[0] = limits[1] = ulong.MaxValue;
        _ = SetLimit(LockLimit, limits);
    }

    /// <summary>
    /// Keeps every page that is used, now or later, out of the swap; 0 or the error. Pages that are only reserved stay so: the runtime
    /// reserves far more than it uses.
    /// </summary>
    public static int LockMemory() => LockPages(LockAll) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Raises the largest core file as far as the system allows; false when that is none at all.</summary>
    public static bool RaiseCoreLimit()
    {
        ulong* limits = stackalloc ulong[2]; // soft, hard
        limits[0] = limits[1] = ulong.MaxValue;
        if (SetLimit(CoreLimit, limits) != 0 && GetLimit(CoreLimit, limits) == 0)
        {
            limits[0] = limits[1];
            _ = SetLimit(CoreLimit, limits);
        }

        return GetLimit(CoreLimit, limits) == 0 && limits[0] != 0;
    }

    /// <summary>Lets the calling thread give way to the others of the process: it gets less of a core, and takes none away from them when it wakes.</summary>
    /// <param name="nice">0 (ordinary) to 19 (least).</param>
    public static void GiveWay(int nice)
    {
        int priority = 0;
        _ = SetPolicy(0, BatchPolicy, &priority);
        _ = SetPriority(0, 0, nice); // of the calling thread alone, whatever POSIX says; less is always allowed
    }

    /// <summary>Whether the process has a descriptor of that number.</summary>
    public static bool IsOpen(int descriptor) => Control(descriptor, GetDescriptorFlags) >= 0;

    /// <summary>Writes where the descriptor stands, which all who share it move on together.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public static void WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            for (int done = 0; done < bytes.Length;)
            {
                nint written = Write(descriptor, first + done, (nuint)(bytes.Length - done));
                if (written < 0 && Marshal.GetLastPInvokeError() != ErrorInterrupted)
                {
                    throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));
                }

                done += (int)Math.Max(0, written);
            }
        }
    }

    private static nint[] ToNative(string[] texts)
    {
        nint[] pointers = new nint[texts.Length + 1];
        for (int i = 0; i < texts.Length; i++)
        {
            pointers[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
        }

        return pointers;
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetPolicy(int thread, int policy, int* priority);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, int who, int nice);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* bytes, nuint length);

    [LibraryImport("libc", EntryPoint = "mlockall", SetLastError = true)]
    private static partial int LockPages(int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong* limits);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint SetHandler(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FindUser(string name, void* record, void* buffer, nuint length, void** found);

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    private static partial int SetGroups(nuint count, uint* groups);

    [LibraryImport("libc", EntryPoint = "setgid")]
    private static partial int SetGroup(uint group);

    [LibraryImport("libc", EntryPoint = "setuid")]
    private static partial int SetUser(uint user);

    [LibraryImport("libc", EntryPoint = "pipe2")]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitFor(int processId, int* status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int processId, string path, void* actions, void* attributes, nint* arguments, nint* environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(void* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(void* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(void* actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(void* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(void* attributes, short flags);
}
