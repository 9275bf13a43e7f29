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

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
