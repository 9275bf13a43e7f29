using System.Globalization;

namespace AotKv.Engine.Log.Devices;

/// <summary>Keeps a data directory to one process. The lock goes with the process, however it ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private const string FileName = "LOCK";

    /// <summary>Who holds the lock; a file of its own, since a locked file cannot be read everywhere.</summary>
    private const string OwnerName = "OWNER";

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock of a directory, which is made when it is missing.</summary>
    /// <exception cref="DataDirectoryException">Somebody holds it (named in the message), or the directory cannot be used.</exception>
    public static DirectoryLock Take(string directory)
    {
        DataDirectory.Make(directory, OperatingSystem.IsLinux() ? LinuxDevice.SyncDirectory : null);
        string path = Path.Combine(directory, FileName);
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            File.WriteAllText(Path.Combine(directory, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new DirectoryLock(file);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new DataDirectoryException($"cannot write to the data directory {directory}: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw Explain(directory, error);
        }
    }

    public void Dispose() => _file.Dispose();

    private static DataDirectoryException Explain(string directory, IOException error)
    {
        string holder = "";
        try
        {
            holder = File.ReadAllText(Path.Combine(directory, OwnerName)).Trim();
        }
        catch (Exception other) when (other is IOException or UnauthorizedAccessException)
        {
            // Then there is nothing to name but the error itself.
        }

        return holder.Length == 0
            ? new DataDirectoryException($"cannot lock the data directory {directory}: {error.Message}", error)
            : new DataDirectoryException($"the data directory {directory} is in use by process {holder}; stop it, or use another directory", error);
    }
}
