using System.Globalization;
using AotKv.Engine.Hashing;
using AotKv.Engine.Log;
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Recovery;

/// <summary>A segment file that was found.</summary>
internal sealed record LogFile(int Id, DeviceBlock Block, SegmentHeader.Fields Header);

/// <summary>The files of a data directory, mapped, with headers that make sense together.</summary>
internal sealed unsafe class LogFiles
{
    private const int SectorBytes = 512;

    private FileSet? _set;

    private LogFiles(LogDevice device, FileSet? set, IReadOnlyList<LogFile> files, ulong storeId)
    {
        _set = set;
        Device = device;
        Files = files;
        StoreId = storeId;
        foreach (LogFile file in files)
        {
            IdsInUse = Math.Max(IdsInUse, file.Id + 1);
            Bytes += file.Block.Bytes;
            if (!file.Header.IsLarge)
            {
                SegmentBytes = file.Block.Bytes;
            }
        }
    }

    public LogDevice Device { get; }

    public IReadOnlyList<LogFile> Files { get; }

    /// <summary>The number that all files carry.</summary>
    public ulong StoreId { get; }

    /// <summary>Size of the shared segments; null when there are none yet.</summary>
    public long? SegmentBytes { get; }

    /// <summary>One more than the highest id.</summary>
    public int IdsInUse { get; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; }

    /// <summary>Maps what a directory holds and checks every header.</summary>
    /// <exception cref="DataDirectoryException">A file cannot be read, is of another version or of another store.</exception>
    /// <exception cref="LogDamagedException">A header is damaged, or a file is missing, and repair was not asked for.</exception>
    public static LogFiles Open(StoreOptions options)
    {
        LogDevice device = options.DeviceFactory?.Invoke(options.DataDirectory!)
            ?? (OperatingSystem.IsLinux() ? new LinuxDevice(options.DataDirectory!, options.SyncMode == SyncMode.Always)
                : new PortableDevice(options.DataDirectory!));
        FileSet? set = OpenSet(device, options);
        var files = new List<LogFile>();
        foreach (string name in device.List(FileBacking.Ending))
        {
            if (TryParseName(name, out int id) && OpenOne(device, options, name, id, IsListed(set, id)) is { } file)
            {
                files.Add(file);
            }
        }

        CheckComplete(options, set, files);
        files.Sort((a, b) => a.Header.Sequence.CompareTo(b.Header.Sequence));
        ulong fresh = options.StoreId ?? RandomBits.Next();
        ulong storeId = set?.StoreId ?? (files.Count > 0 ? files[0].Header.StoreId : fresh);
        CheckTogether(files, storeId);
        return new LogFiles(device, set, files, storeId);
    }

    /// <summary>The files as what is behind the segments; the list of those that must be there gets room for all of them.</summary>
    /// <param name="maxSegments">How many segments there may be.</param>
    public FileBacking Back(int maxSegments)
    {
        if (_set == null || _set.Capacity < maxSegments)
        {
            _set = FileSet.Replace(Device, _set, StoreId, maxSegments);
        }

        return new FileBacking(Device, _set, maxSegments);
    }

    private static bool IsListed(FileSet? set, int id) => set != null && id < set.Capacity && set.Has(id);

    private static FileSet? OpenSet(LogDevice device, StoreOptions options)
    {
        FileSet? set = FileSet.Open(device, out (long Offset, string What)? wrong);
        if (wrong is { } found)
        {
            if (!options.Repair)
            {
                throw new LogDamagedException(FileSet.Name, found.Offset, found.What);
            }

            options.Log?.Invoke($"{FileSet.Name}: {found.What}; kept aside as {DamagedFile.KeepAside(device, FileSet.Name)}");
        }

        return set;
    }

    /// <summary>What is listed must be there; where anything is, there must be a list.</summary>
    private static void CheckComplete(StoreOptions options, FileSet? set, List<LogFile> files)
    {
        if (set == null)
        {
            if (files.Count > 0 && !options.Repair)
            {
                throw new LogDamagedException(FileSet.Name, 0, "the file is missing or empty, and with it the list of the segments that must be there");
            }

            return;
        }

        var found = new HashSet<int>();
        files.ForEach(file => found.Add(file.Id));
        for (int id = 0; id < set.Capacity; id++)
        {
            if (!set.Has(id) || found.Contains(id))
            {
                continue;
            }

            if (!options.Repair)
            {
                throw new LogDamagedException(FileBacking.NameOf(id), 0, "the file is missing, and it was in use");
            }

            options.Log?.Invoke($"{FileBacking.NameOf(id)} is missing or was kept aside: what only it held is lost");
            set.Set(id, isThere: false);
        }
    }

    private static bool TryParseName(string name, out int id) =>
        int.TryParse(name.AsSpan(0, name.Length - FileBacking.Ending.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out id)
        && name == FileBacking.NameOf(id);

    private static LogFile? OpenOne(LogDevice device, StoreOptions options, string name, int id, bool isListed)
    {
        if (device.Open(name, out DeviceBlock? block) != DeviceStatus.Ok || block == null)
        {
            throw new DataDirectoryException($"cannot use the data directory {options.DataDirectory}: {device.LastError}");
        }

        SegmentHeader.Fields header = default;
        string? wrong;
        if (!IsEmpty(block))
        {
            wrong = SegmentHeader.Read(block.Start, block.Bytes, out header);
        }
        else if (isListed)
        {
            wrong = "its header is missing, and it was in use";
        }
        else
        {
            // Made, but never put to use: the process or the machine ended in between, and the file may not even have got its size.
            device.Delete(block);
            return null;
        }

        if (wrong == null)
        {
            return new LogFile(id, block, header);
        }

        device.Close(block);
        if (header.IsOtherVersion)
        {
            throw new DataDirectoryException($"{name} at byte {SegmentHeader.VersionAt}: {wrong}");
        }

        if (!options.Repair)
        {
            throw new LogDamagedException(name, 0, wrong);
        }

        options.Log?.Invoke($"{name}: {wrong}; kept aside as {DamagedFile.KeepAside(device, name)}");
        return null;
    }

    /// <summary>
    /// A file without a header: a shared segment gets records only after its header is durable, and a large record's may be missing when later
    /// pages are not. Both are listed only after their headers are durable.
    /// </summary>
    private static bool IsEmpty(DeviceBlock block) =>
        new ReadOnlySpan<byte>(block.Start, (int)Math.Min(block.Bytes, SectorBytes)).IndexOfAnyExcept((byte)0) < 0;

    private static void CheckTogether(List<LogFile> files, ulong storeId)
    {
        long? segmentBytes = null;
        foreach (LogFile file in files)
        {
            if (file.Header.StoreId != storeId)
            {
                throw new DataDirectoryException(
                    $"{file.Block.Name} belongs to another store than {files[0].Block.Name}: the directory mixes two logs");
            }

            if (!file.Header.IsLarge)
            {
                segmentBytes ??= file.Block.Bytes;
                if (segmentBytes != file.Block.Bytes)
                {
                    throw new DataDirectoryException(
                        $"{file.Block.Name} has {file.Block.Bytes} bytes and others {segmentBytes}: the directory mixes two logs");
                }
            }
        }
    }
}
