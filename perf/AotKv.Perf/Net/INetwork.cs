using System.Net.Sockets;

namespace AotKv.Perf.Net;

/// <summary>A connection that can be read or written without waiting.</summary>
/// <param name="Id">As <see cref="INetwork.Add"/> gave it.</param>
/// <param name="Readable">There are bytes, or the end.</param>
/// <param name="Writable">There is room.</param>
public readonly record struct Ready(int Id, bool Readable, bool Writable);

/// <summary>Non-blocking sockets of one thread.</summary>
public interface INetwork : IDisposable
{
    /// <summary>What <see cref="Receive"/> and <see cref="Send"/> say when they would have to wait.</summary>
    const int WouldBlock = -1;

    /// <summary>The sockets that cost least here.</summary>
    /// <param name="portable">Rather those that work everywhere.</param>
    /// <param name="secured">With TLS over them.</param>
    static INetwork Create(bool portable, bool secured = false)
    {
        INetwork plain = OperatingSystem.IsLinux() && !portable ? new EpollNetwork() : new SelectNetwork();
        return secured ? new TlsNetwork(plain) : plain;
    }

    /// <summary>Takes over a connected socket, and watches whether it can be read.</summary>
    /// <param name="socket">The socket.</param>
    /// <returns>Its number: 0, 1, 2, ...</returns>
    int Add(Socket socket);

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read; 0 when the peer has closed or reset the connection; <see cref="WouldBlock"/>.</returns>
    int Receive(int id, Span<byte> buffer);

    /// <summary>Sends what there is room for.</summary>
    /// <returns>Bytes sent; 0 when the connection is gone; <see cref="WouldBlock"/>.</returns>
    int Send(int id, ReadOnlySpan<byte> bytes);

    /// <summary>Watch, or no longer watch, whether a connection can be written.</summary>
    void WatchWrites(int id, bool watch);

    /// <summary>Closes a connection.</summary>
    void Remove(int id);

    /// <summary>Waits until connections are ready.</summary>
    /// <param name="ready">Takes the ones that are.</param>
    /// <param name="timeoutMilliseconds">How long at most; 0 only looks.</param>
    /// <returns>How many are ready.</returns>
    int Wait(Span<Ready> ready, int timeoutMilliseconds);
}
