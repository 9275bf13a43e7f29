// Relies on: a block's bytes are mapped until it is closed.
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Tests.Durability;

/// <summary>The files of a real directory: what preparing them for stores must not change.</summary>
public sealed unsafe class LinuxDeviceTests : IDisposable
{
    private const string Name = "one";
    private const int OddBytes = (300 << 10) + 512;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false, 4096)]
    [InlineData(false, OddBytes)]
    [InlineData(false, 4 << 20)]
    [InlineData(true, OddBytes)]
    public void A_new_file_has_its_size_and_reads_as_zeros(bool syncsOften, int bytes)
    {
        using LogDevice device = Open(syncsOften);
        DeviceBlock block = Create(device, bytes);
        Assert.Equal(bytes, block.Bytes);
        Assert.Equal(bytes, new FileInfo(Path.Combine(_directory.Path, Name)).Length);
        Assert.Equal(-1, new ReadOnlySpan<byte>(block.Start, bytes).IndexOfAnyExcept((byte)0));
        device.Close(block);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Faulting_in_keeps_what_was_stored_whether_synced_in_part_or_not(bool syncsOften)
    {
        byte[] first = new byte[OddBytes];
        byte[] second = new byte[OddBytes];
        new Random(1).NextBytes(first);
        new Random(2).NextBytes(second);
        using LogDevice device = Open(syncsOften);
        DeviceBlock block = Create(device, OddBytes);
        var bytes = new Span<byte>(block.Start, OddBytes);
        device.FaultIn(block);
        first.CopyTo(bytes);
        device.FaultIn(block);
        Assert.True(bytes.SequenceEqual(first), "not synced");
        Assert.True(device.Sync(block, 5000), device.LastError);
        device.FaultIn(block);
        Assert.True(bytes.SequenceEqual(first), "synced in part");
        Assert.True(device.Sync(block), device.LastError);
        second.CopyTo(bytes);
        device.FaultIn(block);
        Assert.True(bytes.SequenceEqual(second), "stored again");
        device.Close(block);
        Assert.Equal(second, File.ReadAllBytes(Path.Combine(_directory.Path, Name)));
    }

    [Fact]
    public void Stores_go_on_while_a_part_is_synced()
    {
        using LogDevice device = Open(syncsOften: false);
        DeviceBlock block = Create(device, OddBytes);
        device.FaultIn(block);
        bool stop = false;
        long syncs = 0;
        var syncer = new Thread(() =>
        {
            while (!Volatile.Read(ref stop) && device.Sync(block, 100_000))
            {
                syncs++;
            }
        });
        syncer.Start();
        for (int i = 0; i < 300; i++)
        {
            new Span<byte>(block.Start, OddBytes).Fill((byte)i);
            Assert.Equal(-1, new ReadOnlySpan<byte>(block.Start, OddBytes).IndexOfAnyExcept((byte)i));
        }

        Volatile.Write(ref stop, true);
        syncer.Join();
        Assert.Equal("", device.LastError);
        Assert.True(syncs > 0, "no sync came through");
        device.Close(block);
    }

    private static DeviceBlock Create(LogDevice device, int bytes)
    {
        Assert.Equal(DeviceStatus.Ok, device.Create(Name, bytes, out DeviceBlock? block));
        return block!;
    }

    private LinuxDevice Open(bool syncsOften)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux's device");
        return new LinuxDevice(_directory.Path, syncsOften);
    }
}
