namespace AotKv.Server.Transport.Native;

/// <summary>
/// All connections by descriptor. An entry is written by whoever accepts and by the loop that owns the connection, never by both at
/// once: a descriptor is not handed out again before it is closed, and it leaves the table before that.
/// </summary>
internal sealed class ConnectionTable
{
    /// <summary>Descriptors of the process that are not clients: files, listeners, loops, the runtime's own.</summary>
    public const int ReservedDescriptors = 1024;

    private readonly EpollConnection?[] _entries;

    public ConnectionTable(int maxConnections) => _entries = new EpollConnection?[maxConnections + ReservedDescriptors];

    public bool Fits(int descriptor) => (uint)descriptor < (uint)_entries.Length;

    public EpollConnection? Find(int descriptor) => (uint)descriptor < (uint)_entries.Length ? _entries[descriptor] : null;

    public void Put(EpollConnection connection) => Volatile.Write(ref _entries[connection.Descriptor], connection);

    public void Remove(EpollConnection connection) => Volatile.Write(ref _entries[connection.Descriptor], null);

    /// <summary>The connections of one loop, which is the caller: for stopping.</summary>
    public IEnumerable<EpollConnection> Of(EpollLoop loop)
    {
        for (int i = 0; i < _entries.Length; i++)
        {
            if (Volatile.Read(ref _entries[i]) is { } connection && connection.Loop == loop)
            {
                yield return connection;
            }
        }
    }
}
