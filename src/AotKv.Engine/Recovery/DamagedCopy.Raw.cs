// Relies on: the block stays mapped while it is copied.
using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Recovery;

/// <summary>Keeps a damaged file's bytes under another name before repair changes the file.</summary>
internal static unsafe class DamagedCopy
{
    private const string Ending = ".damaged";

    /// <summary>Copies a block's bytes into a new file beside it.</summary>
    /// <exception cref="DataDirectoryException">The copy cannot be written.</exception>
    public static void Keep(string directory, DeviceBlock block)
    {
        try
        {
            using var file = new FileStream(Path.Combine(directory, block.Name + Ending), FileMode.Create, FileAccess.Write);
            using var bytes = new UnmanagedMemoryStream(block.Start, block.Bytes);
            bytes.CopyTo(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"cannot keep a copy of the damaged {block.Name}: {error.Message}", error);
        }
    }
}
