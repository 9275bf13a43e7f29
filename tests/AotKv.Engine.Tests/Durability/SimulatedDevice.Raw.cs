// Relies on: as SimulatedFile.
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Tests.Durability;

/// <summary>A store's view of a <see cref="SimulatedDisk"/>. As on Windows, no file that is open is renamed or replaced.</summary>
internal sealed unsafe class SimulatedDevice : LogDevice
{
    private readonly SimulatedDisk _disk;
    private readonly List<string> _open = [];

    public SimulatedDevice(SimulatedDisk disk) => _disk = disk;

    public override DeviceStatus Create(string name, long bytes, out DeviceBlock? block) =>
        Block(name, "create", _disk.Create(name, bytes, out SimulatedFile? file), file, out block);

    public override DeviceStatus Open(string name, out DeviceBlock? block) =>
        Block(name, "open", _disk.Open(name, out SimulatedFile? file), file, out block);

    public override IReadOnlyList<string> List(string ending) =>
        [.. _disk.Names.Where(name => name.EndsWith(ending, StringComparison.Ordinal))];

    public override bool Sync(DeviceBlock block, long bytes) => Note(_disk.Sync((SimulatedFile)block.Handle!, bytes), "sync " + block.Name);

    public override bool SyncNames() => Note(_disk.SyncNames(), "sync names");

    public override bool Rename(string from, string to) =>
        Note(!IsOpen(from) && !IsOpen(to) && _disk.Rename(from, to), "rename " + from);

    public override void Close(DeviceBlock block)
    {
        lock (_open)
        {
            _open.Remove(block.Name);
        }
    }

    public override void Delete(DeviceBlock block)
    {
        Close(block);
        _disk.Delete((SimulatedFile)block.Handle!);
    }

    public override void Dispose()
    {
    }

    private DeviceStatus Block(string name, string what, DeviceStatus status, SimulatedFile? file, out DeviceBlock? block)
    {
        block = status == DeviceStatus.Ok ? new DeviceBlock(name, file!.Start, file.Bytes, file) : null;
        if (block != null)
        {
            lock (_open)
            {
                _open.Add(name);
            }
        }

        _ = Note(status == DeviceStatus.Ok, $"{what} {name}");
        return status;
    }

    private bool IsOpen(string name)
    {
        lock (_open)
        {
            return _open.Contains(name);
        }
    }

    private bool Note(bool good, string what)
    {
        LastError = good ? LastError : $"cannot {what}: simulated fault";
        return good;
    }
}
