namespace AotKv.Engine.Tests;

/// <summary>A directory of a test's own, gone at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Path = Directory.CreateTempSubdirectory("aotkv-test-").FullName;

    public string Path { get; }

    /// <summary>Segment files by name.</summary>
    public string[] Segments()
    {
        string[] files = Directory.GetFiles(Path, "*.seg");
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    /// <summary>Copies everything there is, as a crash at this moment would leave it (the page cache survives).</summary>
    public void CopyTo(string other)
    {
        Directory.CreateDirectory(other);
        foreach (string file in Directory.GetFiles(Path))
        {
            if (System.IO.Path.GetFileName(file) is not ("LOCK" or "OWNER"))
            {
                File.Copy(file, System.IO.Path.Combine(other, System.IO.Path.GetFileName(file)), overwrite: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
