// Relies on: the system calls of Linux by their libc names and flag values (the same on x64 and ARM64). fdatasync and fsync are
// called directly because the framework's flush calls drop their errors.
using System.Runtime.InteropServices;
using AotKv.Engine.Native;

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
    private const int SyncPages = 4;
    private const int NoSpace = 28;
    private const int InvalidArgument = 22;
    private const int QuotaExceeded = 122;
    private const int AdviceDontNeed = 4;
    private const int AdviceDontDump = 16;
    private const int AdvicePopulateWrite = 23; // Linux 5.14 and later
    private const int PageBytes = 4096; // the system's page is this or a multiple of it
    private const int PieceBytes = 64 << 10;

    private readonly string _directory;
    private readonly int _directoryDescriptor;
    private readonly bool _keepsPiecesSmall;

    /// <summary>Opens a directory.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="syncsOften">
    /// Syncs come after every few writes: then the system is to write single pages. Otherwise it is to handle them in pieces of 64 KiB.
    /// </param>
    /// <exception cref="DataDirectoryException">There is no such directory.</exception>
    public LinuxDevice(string directory, bool syncsOften)
    {
        _directory = directory;
        _keepsPiecesSmall = syncsOften;
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
        if (error == 0 && (_keepsPiecesSmall || WriteZeros(descriptor, bytes)))
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

    public override bool Sync(DeviceBlock block, long bytes)
    {
        // Of the calls that sync a part of a file only msync does what fdatasync does: wait, flush the disk's own cache, tell errors.
        int result = bytes >= block.Bytes ? DataSync((int)block.Handle!) : SyncMapped(block.Start, (nuint)bytes, SyncPages);
        return result == 0 || Fail(Marshal.GetLastPInvokeError(), "sync", block.Name) == DeviceStatus.Ok;
    }

    /// <summary>
    /// A page that was written out is mapped read-only, and the first store into it is a fault that costs 1 to 2 microseconds. Pages that are
    /// not mapped at all are mapped writable many at a time, where the file system keeps them in larger pieces (ext4 with Linux 6.18: a fifth of
    /// the cost). So the mapping forgets its pages, which stay in the page cache, and gets them again.
    /// </summary>
    public override void FaultIn(DeviceBlock block)
    {
        _ = Advise(block.Start, (nuint)block.Bytes, AdviceDontNeed);
        if (Advise(block.Start, (nuint)block.Bytes, AdvicePopulateWrite) != 0 && Marshal.GetLastPInvokeError() == InvalidArgument)
        {
            for (long at = 0; at < block.Bytes; at += PageBytes)
            {
                Volatile.Write(ref block.Start[at], Volatile.Read(ref block.Start[at]));
            }
        }
    }

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

    /// <summary>
    /// Writes a new file full of zeros. The size of a write decides in which pieces the page cache keeps the file from then on, and so what
    /// mapping and syncing it costs: 64 KiB, but the header, which is written most often, gets a page of its own. (Pieces are aligned to their size.)
    /// </summary>
    private static bool WriteZeros(int descriptor, long bytes)
    {
        byte* zeros = NativePages.Map(PieceBytes);
        if (zeros == null)
        {
            return true; // it is no more than a preparation
        }

        long at = 0;
        while (at < bytes)
        {
            long piece = Math.Min(at == 0 ? PageBytes : Math.Min(at & -at, PieceBytes), bytes - at);
            nint written = Write(descriptor, zeros, (nuint)piece, at);
            if (written <= 0)
            {
                break;
            }

            at += written;
        }

        int error = at < bytes ? Marshal.GetLastPInvokeError() : 0;
        NativePages.Unmap(zeros, PieceBytes);
        Marshal.SetLastPInvokeError(error);
        return at == bytes;
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

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* from, nuint bytes, long offset);

    [LibraryImport("libc", EntryPoint = "msync", SetLastError = true)]
    private static partial int SyncMapped(void* address, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int DataSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FullSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* MapPages(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapPages(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);
}
