using AotKv.Engine;

namespace AotKv.Bench;

/// <summary>A store for a benchmark, with the directory it may need.</summary>
internal sealed class BenchStore : IDisposable
{
    private readonly string? _directory;

    /// <summary>Opens an empty store with twice the room that items of 100 bytes need.</summary>
    /// <param name="items">How many it is to hold.</param>
    /// <param name="mapped">With a data directory.</param>
    /// <param name="keepsFeed">Changes stay in the log for the feed.</param>
    public BenchStore(int items, bool mapped, bool keepsFeed = false)
    {
        _directory = mapped ? Path.Combine(Path.GetTempPath(), $"aotkv-bench-{Guid.NewGuid():N}") : null;
        Options = new StoreOptions
        {
            MemoryLimitBytes = Math.Max(64L << 20, items * 400L),
            HashSeed = 1,
            DataDirectory = _directory,
            KeepsFeed = keepsFeed,
        };
        Store = new Store(Options);
    }

    /// <summary>With what the store was opened.</summary>
    public StoreOptions Options { get; }

    /// <summary>The store.</summary>
    public Store Store { get; private set; }

    /// <summary>Closes the store and opens what it has left behind.</summary>
    public void Reopen()
    {
        Store.Dispose();
        Store = new Store(Options);
    }

    public void Dispose()
    {
        Store.Dispose();
        if (_directory != null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }
}
