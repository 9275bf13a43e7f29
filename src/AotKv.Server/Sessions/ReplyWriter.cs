using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AotKv.Server.Sessions;

/// <summary>
/// Writes replies one behind the other into the room the transport gave. Who writes has made sure before that there is room:
/// <see cref="ServerLimits.MinReplyRoomBytes"/> is enough for every reply that carries no value.
/// </summary>
internal ref struct ReplyWriter
{
    private readonly Span<byte> _buffer;

    public ReplyWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { readonly get; private set; }

    /// <summary>Bytes that still fit.</summary>
    public readonly int Room => _buffer.Length - Length;

    /// <summary>Where the next byte goes.</summary>
    public readonly Span<byte> Free => _buffer.Slice(Length);

    /// <summary>What was written from a place on: for the log.</summary>
    public readonly ReadOnlySpan<byte> Since(int start) => _buffer[start..Length];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> reply)
    {
        Debug.Assert(reply.Length <= Room, "room was checked");
        reply.CopyTo(_buffer.Slice(Length));
        Length += reply.Length;
    }

    /// <summary>Takes over bytes that were written into <see cref="Free"/>.</summary>
    public void Advance(int bytes)
    {
        Debug.Assert((uint)bytes <= (uint)Room, "inside the room");
        Length += bytes;
    }

    /// <summary>Takes back what was written behind a place: a <c>noreply</c> request's reply.</summary>
    public void Truncate(int length)
    {
        Debug.Assert((uint)length <= (uint)Length, "written before");
        Length = length;
    }
}
