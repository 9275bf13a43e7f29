// Relies on: a block's bytes stay mapped from Create or Open until Close or Delete.
namespace AotKv.Engine.Log.Devices;

/// <summary>How a device's operation ended.</summary>
internal enum DeviceStatus
{
    /// <summary>Done.</summary>
    Ok,

    /// <summary>There is no space left; it may come back.</summary>
    Full,

    /// <summary>It failed for another reason; the device's last message says which.</summary>
    Failed,
}

/// <summary>A segment's file, mapped into memory.</summary>
internal sealed unsafe class DeviceBlock
{
    public DeviceBlock(string name, byte* start, long bytes, object? handle)
    {
        Name = name;
        Start = start;
        Bytes = bytes;
        Handle = handle;
    }

    public string Name { get; }

    public byte* Start { get; }

    public long Bytes { get; }

    /// <summary>What the device needs to find the file again.</summary>
    public object? Handle { get; }
}

/// <summary>
/// Where a durable log's segments are kept. The seam at which tests put disks that fill up, fail, or forget what was not synced.
/// Errors are values here: they are expected and must not lose anything.
/// </summary>
internal abstract class LogDevice : IDisposable
{
    /// <summary>What went wrong last, in words for the log.</summary>
    public string LastError { get; protected set; } = "";

    /// <summary>Makes a file of a size with its space reserved, and maps it. It reads as zeros.</summary>
    /// <param name="name">File name.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="block">The block; null unless Ok.</param>
    public abstract DeviceStatus Create(string name, long bytes, out DeviceBlock? block);

    /// <summary>Maps a file that exists. One without a byte has a block without an address.</summary>
    public abstract DeviceStatus Open(string name, out DeviceBlock? block);

    /// <summary>The names of all files with an ending, in no order.</summary>
    public abstract IReadOnlyList<string> List(string ending);

    /// <summary>Whether there is a file of a name.</summary>
    public bool Has(string name)
    {
        foreach (string there in List(""))
        {
            if (there == name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes every byte of the block that was written before the call durable.</summary>
    /// <returns>False when the system could not promise it: nothing may rely on the bytes from then on.</returns>
    public bool Sync(DeviceBlock block) => Sync(block, block.Bytes);

    /// <summary>Makes the first bytes of the block durable, as far as they were written before the call; what lies behind may be, or not.</summary>
    /// <param name="block">The block.</param>
    /// <param name="bytes">How many, from its start; up to all of it.</param>
    /// <returns>False when the system could not promise it: nothing may rely on the bytes from then on.</returns>
    public abstract bool Sync(DeviceBlock block, long bytes);

    /// <summary>
    /// Makes the system ready for stores into the whole block, so that they need not wait for it page by page. Nobody else writes into the
    /// block meanwhile; its bytes stay as they are. A device that cannot does nothing.
    /// </summary>
    /// <param name="block">The block.</param>
    public virtual void FaultIn(DeviceBlock block)
    {
    }

    /// <summary>Makes created, renamed and deleted names durable.</summary>
    public abstract bool SyncNames();

    /// <summary>Gives a file another name.</summary>
    public abstract bool Rename(string from, string to);

    /// <summary>Unmaps a block and keeps its file.</summary>
    public abstract void Close(DeviceBlock block);

    /// <summary>Unmaps a block and deletes its file.</summary>
    public abstract void Delete(DeviceBlock block);

    /// <inheritdoc/>
    public abstract void Dispose();
}
