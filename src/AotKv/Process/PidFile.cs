using System.Globalization;

namespace AotKv.Process;

/// <summary>The file with the process id: written whole under another name and renamed, removed at the end.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes the file.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static PidFile Write(string path)
    {
        string temporary = path + ".tmp";
        try
        {
            File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n"));
            File.Move(temporary, path, overwrite: true);
            return new(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"-P {path}: {exception.Message}", exception);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // After -u the folder may no longer be writable; memcached leaves the file then, too.
        }
    }
}
