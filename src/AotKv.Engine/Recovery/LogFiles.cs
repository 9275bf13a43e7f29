using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using AotKv.Engine.Log;
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Recovery;

/// <summary>A segment file that was found.</summary>
internal sealed record LogFile(int Id, DeviceBlock Block, SegmentHeader.Fields Header);

/// <summary>The files of a data directory, mapped, with headers that make sense together.</summary>
internal sealed unsafe class LogFiles
{
    private const int SectorBytes = 512;
    private const string DamagedEnding = ".damaged";

    private LogFiles(LogDevice device, IReadOnlyList<LogFile> files, ulong storeId)
    {
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
    /// <exception cref="LogDamagedException">A header is damaged and repair was not asked for.</exception>
    public static LogFiles Open(StoreOptions options)
    {
        LogDevice device = options.DeviceFactory?.Invoke(options.DataDirectory!)
            ?? (OperatingSystem.IsLinux() ? new LinuxDevice(options.DataDirectory!) : new PortableDevice(options.DataDirectory!));
        var files = new List<LogFile>();
        foreach (string name in device.List(FileBacking.Ending))
        {
            if (TryParseName(name, out int id) && OpenOne(device, options, name, id) is { } file)
            {
                files.Add(file);
            }
        }

        files.Sort((a, b) => a.Header.Sequence.CompareTo(b.Header.Sequence));
        ulong storeId = files.Count > 0
            ? files[0].Header.StoreId
            : BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
        CheckTogether(files, storeId);
        return new LogFiles(device, files, storeId);
    }

    /// <summary>Puts a damaged file out of the way; its bytes are kept under another name.</summary>
    public static void KeepAside(LogDevice device, string name) =>
        _ = device.Rename(name, name + DamagedEnding);

    private static bool TryParseName(string name, out int id) =>
        int.TryParse(name.AsSpan(0, name.Length - FileBacking.Ending.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out id)
        && name == FileBacking.NameOf(id);

    private static LogFile? OpenOne(LogDevice device, StoreOptions options, string name, int id)
    {
        if (device.Open(name, out DeviceBlock? block) != DeviceStatus.Ok || block == null)
        {
            throw new DataDirectoryException($"cannot use the data directory {options.DataDirectory}: {device.LastError}");
        }

        if (IsUnused(block))
        {
            // Made, but never put to use: the process or the machine ended in between, and the file may not even have got its size.
            device.Delete(block);
            return null;
        }

        string? wrong = SegmentHeader.Read(block.Start, block.Bytes, out SegmentHeader.Fields header);
        if (wrong == null)
        {
            return new LogFile(id, block, header);
        }

        device.Close(block);
        if (!options.Repair)
        {
            throw new LogDamagedException(name, 0, wrong);
        }

        options.Log?.Invoke($"{name}: {wrong}; kept aside as {name}{DamagedEnding}");
        KeepAside(device, name);
        return null;
    }

    /// <summary>
    /// A file without a header: a shared segment gets records only after its header is durable, and a large record's may be missing when later
    /// pages are not. Records begin in the header's own sector: they are not there without it, unless the file is damaged.
    /// </summary>
    private static bool IsUnused(DeviceBlock block) =>
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
