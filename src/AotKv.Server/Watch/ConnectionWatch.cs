using System.Net.Sockets;
using System.Text;
using AotKv.Server.Transport;

namespace AotKv.Server.Watch;

/// <summary>Why a connection was closed.</summary>
internal enum CloseReason : byte
{
    /// <summary>The client closed it, or asked for that.</summary>
    Normal,

    /// <summary>The connection broke, or the client's bytes were no requests, or there was no memory.</summary>
    Error,

    /// <summary>The client was silent for too long.</summary>
    IdleTimeout,

    /// <summary>The server stops.</summary>
    Shutdown,
}

/// <summary>Tells watchers of connections that come and go. Called only when somebody watches.</summary>
internal static class ConnectionWatch
{
    private const int MaxReasonBytes = 512;

    /// <summary>A connection was accepted.</summary>
    public static void Opened(ServerState state, int id, SocketName peer)
    {
        WatchLine line = Begin(state, stackalloc byte[WatchLine.MaxBytes], "conn_new"u8, peer);
        line.Add(" cfd="u8, id);
        state.Watch.Publish(WatchStreams.ConnectionEvents, line.End());
    }

    /// <summary>A connection was closed.</summary>
    public static void Closed(ServerState state, int id, SocketName peer, CloseReason reason)
    {
        WatchLine line = Begin(state, stackalloc byte[WatchLine.MaxBytes], "conn_close"u8, peer);
        line.Add(" reason="u8, reason switch
        {
            CloseReason.Normal => "normal"u8,
            CloseReason.IdleTimeout => "idle_timeout"u8,
            CloseReason.Shutdown => "shutdown"u8,
            _ => "error"u8,
        });
        line.Add(" cfd="u8, id);
        state.Watch.Publish(WatchStreams.ConnectionEvents, line.End());
    }

    /// <summary>TLS failed on a connection.</summary>
    public static void TlsFailed(ServerState state, int id, string reason)
    {
        WatchLine line = new(stackalloc byte[WatchLine.MaxBytes], state.Store.Clock.Microseconds, state.Watch.NextNumber(), "conntlserr"u8);
        line.Add(" fd="u8, id);
        byte[] text = Encoding.UTF8.GetBytes(reason.ReplaceLineEndings(" "));
        line.Add(" msg="u8, text.AsSpan(0, Math.Min(text.Length, MaxReasonBytes)));
        state.Watch.Publish(WatchStreams.ConnectionEvents, line.End());
    }

    private static WatchLine Begin(ServerState state, Span<byte> buffer, ReadOnlySpan<byte> type, SocketName peer)
    {
        WatchLine line = new(buffer, state.Store.Clock.Microseconds, state.Watch.NextNumber(), type);
        bool isLocal = peer.Family == AddressFamily.Unix;
        line.Add(" rip="u8, isLocal ? "unix"u8 : peer.Host.Length == 0 ? "unknown"u8 : Encoding.ASCII.GetBytes(peer.Host));
        line.Add(" rport="u8, peer.Port);
        line.Add(" transport="u8, isLocal ? "local"u8 : "tcp"u8);
        return line;
    }
}
