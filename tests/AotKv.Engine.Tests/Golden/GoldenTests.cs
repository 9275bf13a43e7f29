using System.Buffers.Binary;
using AotKv.Engine.Log;
using AotKv.Engine.Tests.Durability;

namespace AotKv.Engine.Tests.Golden;

/// <summary>
/// Log directories that version 1 wrote, byte for byte. AOTKV_UPDATE_GOLDEN=1 writes them anew: only for a version that nobody has used.
/// </summary>
public sealed class GoldenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("v1-closed", true)]
    [InlineData("v1-killed", false)]
    public void The_same_operations_write_the_same_bytes(string name, bool endsCleanly)
    {
        using var disk = new SimulatedDisk();
        Store store = GoldenLog.Open(disk, _directory.Path);
        GoldenLog.Write(store);
        if (endsCleanly)
        {
            store.Dispose();
        }
        else
        {
            store.Abandon();
        }

        if (Environment.GetEnvironmentVariable("AOTKV_UPDATE_GOLDEN") == "1")
        {
            Save(disk, name);
        }

        Assert.Equal(Names(name), disk.Names);
        foreach (string file in disk.Names)
        {
            Assert.True(File.ReadAllBytes(Path.Combine(Folder(name), file)).AsSpan().SequenceEqual(disk[file].Live), $"{name}/{file} differs");
        }
    }

    [Theory]
    [InlineData("v1-closed")]
    [InlineData("v1-killed")]
    public void What_version_1_wrote_is_read_back_exactly(string name)
    {
        using SimulatedDisk disk = Load(name);
        using (Store store = GoldenLog.Open(disk, _directory.Path))
        {
            GoldenLog.Check(store);
        }

        using Store again = GoldenLog.Open(disk, _directory.Path);
        GoldenLog.Check(again);
    }

    [Theory]
    [InlineData("v1-closed")]
    [InlineData("v1-killed")]
    public void Files_on_a_real_disk_are_read_back_exactly(string name)
    {
        foreach (string file in Names(name))
        {
            File.Copy(Path.Combine(Folder(name), file), Path.Combine(_directory.Path, file));
        }

        var options = new StoreOptions
        {
            MemoryLimitBytes = 1 << 20,
            MaxItemBytes = 1 << 18,
            Clock = new ManualClock(),
            DataDirectory = _directory.Path,
            EvictionDisabled = true,
        };
        using var store = new Store(options);
        GoldenLog.Check(store);
    }

    [Theory]
    [InlineData("00000000.seg", "magic")]
    [InlineData(FileSet.Name, "magic")]
    [InlineData("00000000.seg", "version 77")]
    [InlineData(FileSet.Name, "version 77")]
    [InlineData("00000000.seg", "big-endian")]
    [InlineData(FileSet.Name, "big-endian")]
    public void A_file_of_another_kind_version_or_byte_order_is_refused_by_name_and_field(string file, string what)
    {
        using SimulatedDisk disk = Load("v1-closed");
        byte[] bytes = disk[file].Live.ToArray();
        if (what == "magic")
        {
            bytes.AsSpan(0, 8).Reverse();
        }
        else
        {
            ushort version = what == "big-endian" ? (ushort)0x0100 : (ushort)77;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), version);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), Crc32C.Of(bytes.AsSpan(0, 60)));
        disk.Put(file, bytes);
        DataDirectoryException error = Assert.ThrowsAny<DataDirectoryException>(() => GoldenLog.Open(disk, _directory.Path));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        if (what != "magic")
        {
            // It is not damaged, so there is nothing to repair: a program that knows the version can read it.
            Assert.Contains("byte 8", error.Message, StringComparison.Ordinal);
            Assert.ThrowsAny<DataDirectoryException>(() => GoldenLog.Open(disk, _directory.Path, repair: true));
            Assert.Equal(bytes, disk[file].Live.ToArray());
        }
    }

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", name);

    private static string[] Names(string name)
    {
        string[] names = [.. Directory.GetFiles(Folder(name)).Select(path => Path.GetFileName(path))];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static SimulatedDisk Load(string name)
    {
        var disk = new SimulatedDisk();
        foreach (string file in Names(name))
        {
            disk.Put(file, File.ReadAllBytes(Path.Combine(Folder(name), file)));
        }

        return disk;
    }

    /// <summary>Writes the files beside this source file, and where the tests look for them.</summary>
    private static void Save(SimulatedDisk disk, string name)
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "AotKv.sln")))
        {
            root = root.Parent;
        }

        foreach (string folder in new[] { Path.Combine(root.FullName, "tests", "AotKv.Engine.Tests", "Golden", name), Folder(name) })
        {
            Directory.CreateDirectory(folder);
            foreach (string file in disk.Names)
            {
                File.WriteAllBytes(Path.Combine(folder, file), disk[file].Live);
            }
        }
    }
}
