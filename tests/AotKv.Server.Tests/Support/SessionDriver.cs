using System.Text;
using AotKv.Server.Sessions;

namespace AotKv.Server.Tests.Support;

/// <summary>
/// Plays the transport for one session: keeps what is not consumed, gives reply room of a chosen size, and collects the replies.
/// Text is Latin-1, so that every byte is one character.
/// </summary>
internal sealed class SessionDriver : IDisposable
{
    private readonly Session _session;
    private readonly StringBuilder _replies = new();
    private byte[] _pending = [];

    public SessionDriver(Session session) => _session = session;

    /// <summary>Bytes of reply room per call.</summary>
    public int Room { get; init; } = ServerLimits.ReplyBufferBytes;

    /// <summary>Requests per call.</summary>
    public int Budget { get; init; } = int.MaxValue;

    /// <summary>Large uploads are put into the session's own room, as the native loops do.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Rooms larger than this are refused.</summary>
    public int LargestRoom { get; init; } = int.MaxValue;

    /// <summary>The session has asked for the end of the connection.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>How often the session gave way.</summary>
    public int Yields { get; private set; }

    /// <summary>Bytes that were not consumed.</summary>
    public int Held => _pending.Length;

    /// <summary>Gives bytes and returns the replies to them.</summary>
    public string Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public string Send(ReadOnlySpan<byte> bytes)
    {
        _replies.Clear();
        while (IsDirect && _pending.Length == 0 && !bytes.IsEmpty && _session.DirectRoom() is { IsEmpty: false } room)
        {
            int part = Math.Min(room.Length, bytes.Length);
            bytes[..part].CopyTo(room);
            bytes = bytes[part..];
            _session.Received(part);
            Pump();
        }

        _pending = [.. _pending, .. bytes];
        Pump();
        return _replies.ToString();
    }

    public void Dispose() => _session.Dispose();

    private void Pump()
    {
        int room = Room;
        for (int calls = 0; !IsClosed; calls++)
        {
            Assert.True(calls < 1_000_000, "the session makes no progress");
            byte[] reply = new byte[room];
            SessionResult result = _session.Process(_pending, reply, Budget);
            _replies.Append(Encoding.Latin1.GetString(reply, 0, result.Written));
            _pending = _pending[result.Consumed..];
            IsClosed = result.Status == SessionStatus.Close;
            Yields += result.Status == SessionStatus.Yield ? 1 : 0;
            room = Math.Max(Room, result.RequiredReplyBytes);
            if (room > LargestRoom)
            {
                _session.RefuseLargeReply();
                room = Room;
            }

            if (result.Status == SessionStatus.NeedInput)
            {
                return;
            }
        }
    }
}
