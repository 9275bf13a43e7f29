using System.Net.Sockets;

namespace AotKv.Server.Transport;

/// <summary>A listening socket of TCP or of the unix domain.</summary>
/// <param name="Socket">Non-blocking.</param>
/// <param name="Address">The address of the options that it was opened for; null when none was given.</param>
internal sealed record Listener(Socket Socket, ListenAddress? Address)
{
    /// <summary>Whether its connections are encrypted; the default when no address was given, and for sockets of the unix domain.</summary>
    public ListenSecurity Security => Address?.Security ?? ListenSecurity.Default;

    /// <summary>Whether its connections begin with a handshake of TLS when the server has certificates.</summary>
    public bool IsSecured => Socket.AddressFamily != AddressFamily.Unix && Security != ListenSecurity.Plain;
}
