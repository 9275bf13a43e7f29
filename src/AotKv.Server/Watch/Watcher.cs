using System.Buffers.Text;
using AotKv.Server.Sessions;

namespace AotKv.Server.Watch;

/// <summary>
/// The lines one watching connection has not taken yet, in a ring of fixed size. A line that does not fit is skipped and counted; a line
/// that says how many are missing stands in their place.
/// </summary>
internal sealed class Watcher
{
    private const int MaxSkippedLineBytes = 32;

    private readonly Lock _lock = new();
    private readonly Action _wake;
    private readonly byte[] _ring;
    private int _start; // _lock
    private int _length; // _lock
    private long _skipped; // _lock
    private bool _isWoken; // _lock

    /// <param name="streams">What it wants to be told of.</param>
    /// <param name="bufferBytes">Bytes of lines to keep.</param>
    /// <param name="wake">Called, from any thread, when there are lines and nobody was told of them.</param>
    public Watcher(WatchStreams streams, int bufferBytes, Action wake)
    {
        Streams = streams;
        _wake = wake;
        _ring = new byte[bufferBytes];
    }

    public WatchStreams Streams { get; }

    /// <summary>Keeps a line; false when it was skipped.</summary>
    public bool Append(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            int room = _ring.Length - _length;
            if (line.Length + (_skipped > 0 ? MaxSkippedLineBytes : 0) > room)
            {
                _skipped++;
                return false;
            }

            if (_skipped > 0)
            {
                Span<byte> gap = stackalloc byte[MaxSkippedLineBytes];
                Put(gap[..WriteGap(gap, _skipped)]);
                _skipped = 0;
            }

            Put(line);
            if (_isWoken)
            {
                return true;
            }

            _isWoken = true;
        }

        _wake();
        return true;
    }

    /// <summary>Hands lines out; false when there are more than fit.</summary>
    public bool Drain(ref ReplyWriter writer)
    {
        lock (_lock)
        {
            _isWoken = false;
            while (_length > 0 && writer.Room > 0)
            {
                int part = Math.Min(Math.Min(_length, writer.Room), _ring.Length - _start);
                writer.Write(_ring.AsSpan(_start, part));
                _start = (_start + part) % _ring.Length;
                _length -= part;
            }

            // Who has taken everything is told at once of what was skipped: the next line may be long in coming.
            if (_length == 0 && _skipped > 0 && writer.Room >= MaxSkippedLineBytes)
            {
                Span<byte> gap = stackalloc byte[MaxSkippedLineBytes];
                writer.Write(gap[..WriteGap(gap, _skipped)]);
                _skipped = 0;
            }

            return _length == 0;
        }
    }

    private static int WriteGap(Span<byte> gap, long skipped)
    {
        "skipped="u8.CopyTo(gap);
        Utf8Formatter.TryFormat(skipped, gap[8..], out int digits);
        gap[8 + digits] = (byte)'\n';
        return 9 + digits;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        int end = (_start + _length) % _ring.Length;
        int part = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..part].CopyTo(_ring.AsSpan(end));
        bytes[part..].CopyTo(_ring);
        _length += bytes.Length;
    }
}
