namespace AotKv.Server.Transport.Native;

/// <summary>
/// All connections by descriptor, in pieces that are made when a descriptor first falls into them. An entry is written by whoever
/// accepts and by the loop that owns the connection, never by both at once: a descriptor is not handed out again before it is
/// closed, and it leaves the table before that.
/// </summary>
internal sealed class ConnectionTable
{
    /// <summary>Descriptors of the process that are not clients: files, listeners, loops, the runtime's own.</summary>
    public const int ReservedDescriptors = 1024;

    private const int PieceShift = 10;
    private const int PieceMask = (1 << PieceShift) - 1;
    private const int Pieces = 1 << 12;

    private readonly EpollConnection?[]?[] _pieces = new EpollConnection?[Pieces][];

    /// <summary>Makes room for a descriptor; false when its number is beyond the 4 million of the table.</summary>
    public bool Fits(int descriptor)
    {
        int piece = descriptor >> PieceShift;
        if ((uint)piece >= Pieces)
        {
            return false;
        }

        if (Volatile.Read(ref _pieces[piece]) == null)
        {
            Interlocked.CompareExchange(ref _pieces[piece], new EpollConnection?[1 << PieceShift], null);
        }

        return true;
    }

    /// <summary>The connection with a descriptor; null when it is closed.</summary>
    public EpollConnection? Find(int descriptor) => _pieces[descriptor >> PieceShift]![descriptor & PieceMask];

    public void Put(EpollConnection connection) => Volatile.Write(ref Entry(connection.Descriptor), connection);

    public void Remove(EpollConnection connection) => Volatile.Write(ref Entry(connection.Descriptor), null);

    /// <summary>The connections of one loop, which is the caller: for stopping.</summary>
    public IEnumerable<EpollConnection> Of(EpollLoop loop)
    {
        foreach (EpollConnection?[]? piece in _pieces)
        {
            for (int i = 0; piece != null && i < piece.Length; i++)
            {
                if (Volatile.Read(ref piece[i]) is { } connection && connection.Loop == loop)
                {
                    yield return connection;
                }
            }
        }
    }

    /// <summary>All connections, while they come and go.</summary>
    public IEnumerable<EpollConnection> All
    {
        get
        {
            for (int piece = 0; piece < Pieces; piece++)
            {
                EpollConnection?[]? entries = Volatile.Read(ref _pieces[piece]);
                for (int i = 0; entries != null && i < entries.Length; i++)
                {
                    if (Volatile.Read(ref entries[i]) is { } connection)
                    {
                        yield return connection;
                    }
                }
            }
        }
    }

    private ref EpollConnection? Entry(int descriptor) => ref _pieces[descriptor >> PieceShift]![descriptor & PieceMask];
}
