using System.IO.Pipelines;
using System.Net.Sockets;

namespace AotKv.Server.Transport.Pipes;

/// <summary>The step from a connected socket to a pair of pipes: the one place where an implementation is chosen.</summary>
internal interface ISocketPipes
{
    /// <summary>Its name in the statistics.</summary>
    string Name { get; }

    /// <summary>Takes a connected socket over.</summary>
    ISocketPipe Open(Socket socket);
}

/// <summary>A connection as a pair of pipes.</summary>
internal interface ISocketPipe : IDuplexPipe
{
    /// <summary>What must happen before requests can come, a handshake of TLS; false when it failed. Off the loops.</summary>
    /// <param name="stop">Set when the server stops.</param>
    ValueTask<bool> OpenAsync(CancellationToken stop) => new(true);

    /// <summary>The connection ended with an exception: for those that count them.</summary>
    void NoteFailure(Exception exception)
    {
    }

    /// <summary>Sends what was flushed, then closes the socket.</summary>
    ValueTask CloseAsync();

    /// <summary>Closes the socket at once; pending reads and flushes end.</summary>
    void Abort();
}
