// Relies on: the block stays mapped while it is copied.
using System.Globalization;
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Recovery;

/// <summary>Keeps what a repair found damaged, under a name that nothing else has, durably: before anything of it is changed.</summary>
internal static unsafe class DamagedFile
{
    private const string Ending = ".damaged";

    /// <summary>Copies a block's bytes into a new file beside it.</summary>
    /// <returns>The copy's name.</returns>
    /// <exception cref="DataDirectoryException">The copy cannot be written: the repair must not go on.</exception>
    public static string KeepCopy(LogDevice device, DeviceBlock block)
    {
        string name = FreeName(device, block.Name);
        if (device.Create(name, block.Bytes, out DeviceBlock? copy) != DeviceStatus.Ok || copy == null)
        {
            throw CannotKeep(device, block.Name);
        }

        Buffer.MemoryCopy(block.Start, copy.Start, copy.Bytes, block.Bytes);
        bool isDurable = device.Sync(copy) && device.SyncNames();
        device.Close(copy);
        return isDurable ? name : throw CannotKeep(device, block.Name);
    }

    /// <summary>Puts a file out of the way.</summary>
    /// <returns>Its new name.</returns>
    /// <exception cref="DataDirectoryException">It cannot be renamed: the repair must not go on.</exception>
    public static string KeepAside(LogDevice device, string name)
    {
        string kept = FreeName(device, name);
        return device.Rename(name, kept) && device.SyncNames() ? kept : throw CannotKeep(device, name);
    }

    /// <summary>What an earlier repair has kept is not written over.</summary>
    private static string FreeName(LogDevice device, string name)
    {
        string free = name + Ending;
        for (int i = 2; device.Has(free); i++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name}{Ending}-{i}");
        }

        return free;
    }

    private static DataDirectoryException CannotKeep(LogDevice device, string name) =>
        new($"cannot keep the damaged {name} aside, so it is left as it is: {device.LastError}");
}
