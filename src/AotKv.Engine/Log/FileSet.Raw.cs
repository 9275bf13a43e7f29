// Relies on: the block stays mapped until Dispose; an aligned store of four bytes reaches the disk whole or not at all.
using System.Buffers.Binary;
using AotKv.Engine.Log.Devices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>
/// The file that says which segment files there must be, so that a missing one is noticed. A segment is listed after its name and its
/// header are durable and before anything in it is promised; it is taken off, durably, before its file is deleted. Little-endian:
/// <code>
///   0  8 bytes "AOTKVSET"
///   8  u16 format version, 1; 6 bytes zero
///  16  u64 store id
///  24  u32 how many entries; 32 bytes zero
///  60  u32 CRC-32C of bytes 0 to 59; 448 bytes zero
/// 512  u32 for each segment id: 0 when there need not be a file, otherwise the CRC-32C of the store id (u64) and the id (u64)
/// </code>
/// </summary>
internal sealed unsafe class FileSet : IDisposable
{
    public const string Name = "FILES";
    public const ushort Version = 1;

    /// <summary>Where the first entry is.</summary>
    public const int EntriesAt = 512;

    private const string NextName = "FILES.new";
    private const int HeaderBytes = 64;
    private const int ChecksumAt = 60;
    private const int PageBytes = 4096;

    private static readonly ulong Magic = BinaryPrimitives.ReadUInt64LittleEndian("AOTKVSET"u8);

    private readonly LogDevice _device;
    private readonly DeviceBlock _block;

    private FileSet(LogDevice device, DeviceBlock block)
    {
        _device = device;
        _block = block;
    }

    /// <summary>The number that all files of the store carry.</summary>
    public ulong StoreId => Endian.ReadU64(_block.Start + 16);

    /// <summary>Ids from 0 to below this have an entry.</summary>
    public int Capacity => (int)Endian.ReadU32(_block.Start + 24);

    /// <summary>Entries were changed since the last sync.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Opens the list of a directory; null when there is none, or one that was never finished.</summary>
    /// <param name="device">The directory.</param>
    /// <param name="wrong">What is wrong with it, and where; null when it is good.</param>
    /// <exception cref="DataDirectoryException">The file cannot be read, or is of another version.</exception>
    public static FileSet? Open(LogDevice device, out (long Offset, string What)? wrong)
    {
        wrong = null;
        if (!device.Has(Name))
        {
            return null;
        }

        if (device.Open(Name, out DeviceBlock? block) != DeviceStatus.Ok || block == null)
        {
            throw new DataDirectoryException($"cannot read {Name}: {device.LastError}");
        }

        var set = new FileSet(device, block);
        if (block.Bytes == 0 || new ReadOnlySpan<byte>(block.Start, (int)Math.Min(block.Bytes, EntriesAt)).IndexOfAnyExcept((byte)0) < 0)
        {
            set.Dispose();
            return null;
        }

        wrong = set.Check();
        if (wrong == null)
        {
            return set;
        }

        set.Dispose();
        return null;
    }

    /// <summary>A list for at least so many ids with the entries of another one, durable under its name.</summary>
    /// <exception cref="DataDirectoryException">It cannot be written.</exception>
    public static FileSet Replace(LogDevice device, FileSet? old, ulong storeId, int ids)
    {
        if (device.Has(NextName) && device.Open(NextName, out DeviceBlock? left) == DeviceStatus.Ok)
        {
            device.Delete(left!);
        }

        // Room to grow: every start may ask for some more ids.
        long bytes = (EntriesAt + ((long)ids * 2 * sizeof(uint)) + PageBytes - 1) / PageBytes * PageBytes;
        if (device.Create(NextName, bytes, out DeviceBlock? block) != DeviceStatus.Ok || block == null)
        {
            throw new DataDirectoryException($"cannot write {Name}: {device.LastError}");
        }

        byte* at = block.Start;
        Endian.WriteU64(at, Magic);
        Endian.WriteU16(at + 8, Version);
        Endian.WriteU64(at + 16, storeId);
        Endian.WriteU32(at + 24, (uint)((bytes - EntriesAt) / sizeof(uint)));
        Endian.WriteU32(at + ChecksumAt, Crc32C.Of(new ReadOnlySpan<byte>(at, ChecksumAt)));
        var set = new FileSet(device, block);
        for (int id = 0; old != null && id < old.Capacity; id++)
        {
            if (old.Has(id))
            {
                set.Set(id, isThere: true);
            }
        }

        old?.Dispose();
        bool isSynced = set.Sync();

        // Windows renames no file that is open, and replaces none.
        set.Dispose();
        return isSynced && device.Rename(NextName, Name) && device.SyncNames() && device.Open(Name, out block) == DeviceStatus.Ok && block != null
            ? new FileSet(device, block)
            : throw new DataDirectoryException($"cannot write {Name}: {device.LastError}");
    }

    /// <summary>Whether there must be a file.</summary>
    public bool Has(int id) => Endian.ReadU32(EntryOf(id)) != 0;

    /// <summary>Says whether there must be a file. Takes effect on disk with the next sync.</summary>
    public void Set(int id, bool isThere)
    {
        Endian.WriteU32(EntryOf(id), isThere ? MarkOf(id) : 0);
        IsDirty = true;
    }

    /// <summary>Makes what was set durable.</summary>
    public bool Sync()
    {
        IsDirty = false;
        return _device.Sync(_block);
    }

    public void Dispose() => _device.Close(_block);

    private byte* EntryOf(int id) => _block.Start + EntriesAt + ((long)id * sizeof(uint));

    /// <summary>An entry is its own check: a changed bit makes it neither this nor 0.</summary>
    private uint MarkOf(int id)
    {
        uint mark = Crc32C.Finish(Crc32C.Append(Crc32C.Append(Crc32C.Start, StoreId), (ulong)id));
        return mark == 0 ? 1 : mark;
    }

    private (long Offset, string What)? Check()
    {
        byte* at = _block.Start;
        if (_block.Bytes < HeaderBytes || Endian.ReadU64(at) != Magic)
        {
            return (0, "the magic \"AOTKVSET\" is not there");
        }

        bool isWhole = Endian.ReadU32(at + ChecksumAt) == Crc32C.Of(new ReadOnlySpan<byte>(at, ChecksumAt));
        if (Endian.ReadU16(at + 8) != Version)
        {
            string what = SegmentHeader.ExplainVersion(Endian.ReadU16(at + 8), Version);
            return isWhole ? throw new DataDirectoryException($"{Name} at byte 8: {what}") : (8, what);
        }

        if (!isWhole || EntriesAt + ((long)Capacity * sizeof(uint)) > _block.Bytes)
        {
            return (ChecksumAt, "the header's checksum is wrong");
        }

        for (int id = 0; id < Capacity; id++)
        {
            if (Has(id) && Endian.ReadU32(EntryOf(id)) != MarkOf(id))
            {
                return (EntriesAt + ((long)id * sizeof(uint)), $"the entry of segment {id:x8} is neither of the two it can be");
            }
        }

        return null;
    }
}
