// Relies on: the mmap family of Linux (flag values below are Linux's, the same on x64 and ARM64) and VirtualAlloc of Windows.
// On any other system pages come from the C heap, and reserving means allocating.
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AotKv.Engine.Native;

/// <summary>Page-granular native memory: map, reserve, commit, fault in ahead, give back.</summary>
internal static unsafe partial class NativePages
{
    /// <summary>What sizes are rounded to. The page of every supported system divides it (4 KiB; ARM64 up to 64 KiB).</summary>
    public const int Granularity = 4096;

    private const int ProtReadWrite = 0x3;
    private const int MapPrivateAnonymous = 0x22;
    private const int MapNoReserve = 0x4000;
    private const int AdviceDontNeed = 4;
    private const int AdviceHugePage = 14;
    private const int AdvicePopulateRead = 22; // Linux 5.14 and later
    private const int AdvicePopulateWrite = 23;

    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemDecommit = 0x4000;
    private const uint MemRelease = 0x8000;
    private const uint PageReadWrite = 0x04;

    /// <summary>Rounds up to whole pages.</summary>
    public static long RoundUp(long bytes) => (bytes + Granularity - 1) & ~(long)(Granularity - 1);

    /// <summary>Maps zeroed memory that is ready for use; null when the system has none.</summary>
    public static byte* Map(long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            void* at = MapPages(null, (nuint)bytes, ProtReadWrite, MapPrivateAnonymous, -1, 0);
            return (nint)at == -1 ? null : (byte*)at;
        }

        return OperatingSystem.IsWindows()
            ? (byte*)VirtualAlloc(null, (nuint)bytes, MemReserve | MemCommit, PageReadWrite)
            : AllocateZeroed(bytes);
    }

    /// <summary>Reserves an address range; <see cref="Commit"/> makes parts of it usable. Null when the system refuses.</summary>
    public static byte* Reserve(long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            void* at = MapPages(null, (nuint)bytes, ProtReadWrite, MapPrivateAnonymous | MapNoReserve, -1, 0);
            return (nint)at == -1 ? null : (byte*)at;
        }

        return OperatingSystem.IsWindows()
            ? (byte*)VirtualAlloc(null, (nuint)bytes, MemReserve, PageReadWrite)
            : AllocateZeroed(bytes);
    }

    /// <summary>Makes a part of a reserved range usable and zero. False when the system has no memory.</summary>
    public static bool Commit(byte* at, long bytes) =>
        !OperatingSystem.IsWindows() || VirtualAlloc(at, (nuint)bytes, MemCommit, PageReadWrite) != null;

    /// <summary>Gives the memory behind a part of a reserved range back; it reads as zero when committed again.</summary>
    public static void Decommit(byte* at, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(at, (nuint)bytes, AdviceDontNeed);
        }
        else if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(at, (nuint)bytes, MemDecommit);
        }
        else
        {
            NativeMemory.Clear(at, (nuint)bytes);
        }
    }

    /// <summary>Faults pages in now, so that their first use does not. Contents stay.</summary>
    public static void Populate(byte* at, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            // An older kernel says EINVAL: then the pages are faulted in one by one when they are used.
            _ = Advise(at, (nuint)bytes, AdvicePopulateWrite);
        }
    }

    /// <summary>Faults pages in for reading, so that reading them in order does not.</summary>
    public static void PopulateForReading(byte* at, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(at, (nuint)bytes, AdvicePopulateRead);
        }
    }

    /// <summary>Asks for large pages, before the range is used; a system that has none says EINVAL, and the pages are ordinary ones.</summary>
    public static void PreferLarge(byte* at, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise(at, (nuint)bytes, AdviceHugePage);
        }
    }

    /// <summary>Gives a mapped or reserved range back.</summary>
    public static void Unmap(byte* at, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            int result = UnmapPages(at, (nuint)bytes);
            Debug.Assert(result == 0, "munmap of a range that was mapped cannot fail");
        }
        else if (OperatingSystem.IsWindows())
        {
            _ = VirtualFree(at, 0, MemRelease);
        }
        else
        {
            NativeMemory.AlignedFree(at);
        }
    }

    private static byte* AllocateZeroed(long bytes)
    {
        try
        {
            byte* at = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Granularity);
            NativeMemory.Clear(at, (nuint)bytes);
            return at;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapPages(void* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapPages(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("kernel32", EntryPoint = "VirtualAlloc")]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", EntryPoint = "VirtualFree")]
    private static partial int VirtualFree(void* address, nuint size, uint type);
}
