using AotKv.Engine.Log.Devices;
using AotKv.Engine.Recovery;

namespace AotKv.Engine.Tests.Durability;

/// <summary>What repair keeps aside is there for good before anything is changed; otherwise repair does not go on.</summary>
public sealed unsafe class RepairTests : IDisposable
{
    private const string Name = "00000000.seg";
    private readonly SimulatedDisk _disk = new();

    public RepairTests() => _disk.Put(Name, [.. Enumerable.Repeat((byte)7, 5000)]);

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData((int)DiskCall.Rename)]
    [InlineData((int)DiskCall.SyncNamesBegins)]
    public void A_file_that_cannot_be_put_aside_ends_the_repair(int call)
    {
        _disk.Fault = (asked, _) => asked == (DiskCall)call ? DeviceStatus.Failed : DeviceStatus.Ok;
        DataDirectoryException error = Assert.Throws<DataDirectoryException>(() => DamagedFile.KeepAside(_disk.Attach(), Name));
        Assert.Contains(Name, error.Message, StringComparison.Ordinal);
        Assert.Contains("simulated fault", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)DiskCall.Create)]
    [InlineData((int)DiskCall.SyncBegins)]
    [InlineData((int)DiskCall.SyncNamesBegins)]
    public void A_copy_that_cannot_be_made_ends_the_repair(int call)
    {
        SimulatedDevice device = _disk.Attach();
        device.Open(Name, out DeviceBlock? block);
        _disk.Fault = (asked, _) => asked == (DiskCall)call ? DeviceStatus.Failed : DeviceStatus.Ok;
        Assert.Throws<DataDirectoryException>(() => DamagedFile.KeepCopy(device, block!));
    }

    [Fact]
    public void What_is_kept_survives_a_power_cut_and_the_next_repair()
    {
        SimulatedDevice device = _disk.Attach();
        device.Open(Name, out DeviceBlock? block);
        Assert.Equal(Name + ".damaged", DamagedFile.KeepCopy(device, block!));
        block!.Start[0] = 8;
        Assert.Equal(Name + ".damaged-2", DamagedFile.KeepCopy(device, block));
        device.Close(block);
        Assert.Equal(Name + ".damaged-3", DamagedFile.KeepAside(device, Name));
        using SimulatedDisk left = _disk.Cut(new Random(1), CutKind.AllOld);
        Assert.Equal([Name + ".damaged", Name + ".damaged-2", Name + ".damaged-3"], left.Names);
        Assert.Equal((7, 8), (left[Name + ".damaged"].Live[0], left[Name + ".damaged-2"].Live[0]));
    }

    [Fact]
    public void A_new_directory_and_those_above_it_are_synced_one_by_one()
    {
        using var root = new TemporaryDirectory();
        string a = Path.Combine(root.Path, "a"), b = Path.Combine(a, "b"), c = Path.Combine(b, "c");
        var synced = new List<(string Path, bool A, bool B, bool C)>();
        DataDirectory.Make(c + Path.DirectorySeparatorChar, path =>
        {
            synced.Add((path, Directory.Exists(a), Directory.Exists(b), Directory.Exists(c)));
            return null;
        });
        Assert.Equal(
            [(Path.GetDirectoryName(root.Path)!, false, false, false), (root.Path, true, false, false), (a, true, true, false), (b, true, true, true)], synced);
        synced.Clear();
        DataDirectory.Make(c, path =>
        {
            synced.Add((path, true, true, true));
            return "no";
        });
        Assert.Equal([(b, true, true, true)], synced);
    }

    [Fact]
    public void A_new_directory_that_cannot_be_made_durable_is_refused()
    {
        using var root = new TemporaryDirectory();
        string made = Path.Combine(root.Path, "a");
        DataDirectoryException error = Assert.Throws<DataDirectoryException>(() => DataDirectory.Make(made, path => path == root.Path ? "it broke" : null));
        Assert.Contains("it broke", error.Message, StringComparison.Ordinal);
    }
}
