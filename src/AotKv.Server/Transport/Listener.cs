using System.Net.Sockets;

namespace AotKv.Server.Transport;

/// <summary>A listening socket of TCP or of the unix domain.</summary>
/// <param name="Socket">Non-blocking.</param>
/// <param name="Address">The address of the options that it was opened for; null when none was given.</param>
internal sealed record Listener(Socket Socket, ListenAddress? Address);
