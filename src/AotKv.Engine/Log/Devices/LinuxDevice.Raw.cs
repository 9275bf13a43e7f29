// Relies on: the system calls of Linux by their libc names and flag values (the same on x64 and ARM64). fdatasync and fsync are
// called directly because the framework's flush calls drop their errors.
using System.Runtime.InteropServices;

namespace AotKv.Engine.Log.Devices;

/// <summary>Segments as files of one directory, mapped shared; their space is reserved before they are mapped.</summary>
internal sealed unsafe partial class LinuxDevice : LogDevice
{
    private const int ReadWriteCloseOnExec = 0x80002;
    private const int CreateExclusive = 0xC0;
    private const int CloseOnExec = 0x80000;
    private const int OwnerReadWrite = 0x180; // 0600
    private const int ProtReadWrite = 3;
    private const int MapShared = 1;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int AdviceDontDump = 16;

    private readonly string _directory;
    private readonly int _directoryDescriptor;

    public LinuxDevice(string directory)
    {
        _directory = directory;
        _directoryDescriptor = Open(directory, DirectoryFlag() | CloseOnExec, 0);
        if (_directoryDescriptor < 0)
        {
            throw new DataDirectoryException($"cannot open the data directory {directory}: {LastSystemMessage()}");
        }
    }

    /// <summary>Makes the names in a directory durable.</summary>
    /// <returns>What is wrong; null when they are.</returns>
    public static string? SyncDirectory(string path)
    {
        int descriptor = Open(path, DirectoryFlag() | CloseOnExec, 0);
        if (descriptor < 0)
        {
            return $"cannot open {path}: {LastSystemMessage()}";
        }

        string? wrong = FullSync(descriptor) == 0 ? null : $"cannot sync {path}: {LastSystemMessage()}";
        _ = CloseDescriptor(descriptor);
        return wrong;
    }

    public override DeviceStatus Create(string name, long bytes, out DeviceBlock? block)
    {
        block = null;
        string path = Path.Combine(_directory, name);
        int descriptor = Open(path, ReadWriteCloseOnExec | CreateExclusive, OwnerReadWrite);
        if (descriptor < 0)
        {
            return Fail(Marshal.GetLastPInvokeError(), "create", name);
        }

        // A store into a hole of a sparse file on a full disk would kill the process: every block is reserved first.
        int error = Allocate(descriptor, 0, bytes);
        if (error == 0)
        {
            block = MapBlock(name, descriptor, bytes);
        }

        if (block != null)
        {
            return DeviceStatus.Ok;
        }

        error = error != 0 ? error : Marshal.GetLastPInvokeError();
        _ = CloseDescriptor(descriptor);
        _ = Unlink(path);
        return Fail(error, "reserve space for", name);
    }

    public override DeviceStatus Open(string name, out DeviceBlock? block)
    {
        block = null;
        string path = Path.Combine(_directory, name);
        long bytes = new FileInfo(path).Length;
        int descriptor = Open(path, ReadWriteCloseOnExec, 0);
        if (descriptor >= 0 && bytes == 0)
        {
            block = new DeviceBlock(name, null, 0, descriptor);
        }
        else if (descriptor >= 0)
        {
            // Blocks that are still holes (a copy made without them) are filled before anything is stored into them.
            int error = Allocate(descriptor, 0, bytes);
            block = error == 0 ? MapBlock(name, descriptor, bytes) : null;
            if (block == null && error != 0)
            {
                _ = CloseDescriptor(descriptor);
                return Fail(error, "reserve space for", name);
            }
        }

        return block != null ? DeviceStatus.Ok : Fail(Marshal.GetLastPInvokeError(), "open", name);
    }

    public override IReadOnlyList<string> List(string ending)
    {
        var names = new List<string>();
        foreach (string path in Directory.EnumerateFiles(_directory, "*" + ending))
        {
            names.Add(Path.GetFileName(path));
        }

        return names;
    }

    public override bool Sync(DeviceBlock block) =>
        DataSync((int)block.Handle!) == 0 || Fail(Marshal.GetLastPInvokeError(), "sync", block.Name) == DeviceStatus.Ok;

    public override bool SyncNames() =>
        FullSync(_directoryDescriptor) == 0 || Fail(Marshal.GetLastPInvokeError(), "sync", _directory) == DeviceStatus.Ok;

    public override bool Rename(string from, string to)
    {
        try
        {
            File.Move(Path.Combine(_directory, from), Path.Combine(_directory, to), overwrite: true);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LastError = $"cannot rename {from} to {to}: {error.Message}";
            return false;
        }
    }

    public override void Close(DeviceBlock block)
    {
        _ = block.Bytes > 0 ? UnmapPages(block.Start, (nuint)block.Bytes) : 0;
        _ = CloseDescriptor((int)block.Handle!);
    }

    public override void Delete(DeviceBlock block)
    {
        Close(block);
        _ = Unlink(Path.Combine(_directory, block.Name));
    }

    public override void Dispose() => _ = CloseDescriptor(_directoryDescriptor);

    private static string LastSystemMessage() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    /// <summary>O_DIRECTORY is one of the few flags whose number differs between the two processors.</summary>
    private static int DirectoryFlag() => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    private static DeviceBlock? MapBlock(string name, int descriptor, long bytes)
    {
        void* at = MapPages(null, (nuint)bytes, ProtReadWrite, MapShared, descriptor, 0);
        if ((nint)at == -1)
        {
            return null;
        }

        _ = Advise(at, (nuint)bytes, AdviceDontDump);
        return new DeviceBlock(name, (byte*)at, bytes, descriptor);
    }

    private DeviceStatus Fail(int error, string what, string name)
    {
        LastError = $"cannot {what} {name}: {Marshal.GetPInvokeErrorMessage(error)}";
        return error is NoSpace or QuotaExceeded ? DeviceStatus.Full : DeviceStatus.Failed;
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlink", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Allocate(int descriptor, long offset, long bytes);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FullSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapPages(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapPages(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
