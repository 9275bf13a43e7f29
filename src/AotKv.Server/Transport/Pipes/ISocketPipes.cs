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
    /// <summary>Sends what was flushed, then closes the socket.</summary>
    ValueTask CloseAsync();

    /// <summary>Closes the socket at once; pending reads and flushes end.</summary>
    void Abort();
}
