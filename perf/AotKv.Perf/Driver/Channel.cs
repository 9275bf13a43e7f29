using System.Net.Sockets;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Driver;

/// <summary>One connection: sends stretches of a tape, and holds the replies against it.</summary>
internal sealed class Channel<TScanner>
    where TScanner : struct, IReplyScanner
{
    private readonly INetwork _network;
    private readonly int _id;
    private readonly byte[] _leftover = new byte[TScanner.MaxLeftover];
    private TScanner _scanner;
    private Expected _expected;
    private Tape _tape;
    private int _leftoverBytes;
    private int _nextToQueue;
    private uint _cursor;
    private long _unsent;
    private bool _watchingWrites;

    /// <summary>Takes over a connected socket.</summary>
    /// <param name="network">The thread's sockets.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="tape">What to send.</param>
    /// <param name="start">Where on the tape to begin.</param>
    /// <param name="verify">Check every key, flag and byte of every value.</param>
    public Channel(INetwork network, Socket socket, Tape tape, int start, bool verify)
    {
        _network = network;
        _id = network.Add(socket);
        _tape = tape;
        Rewind(tape, start, verify);
    }

    /// <summary>Requests that were queued and not yet answered.</summary>
    public int Waiting => _expected.Waiting;

    /// <summary>Requests that may be queued at once.</summary>
    public int Room => _tape.Count - _expected.Waiting;

    /// <summary>Goes to another tape; nothing may be waiting.</summary>
    public void Rewind(Tape tape, int start, bool verify)
    {
        _tape = tape;
        _scanner = default;
        _expected = new Expected(tape, start, verify);
        _nextToQueue = start;
        _cursor = tape.Count == 0 ? 0 : tape[start].Offset;
    }

    /// <summary>Takes the next requests of the tape and sends what there is room for.</summary>
    /// <param name="count">How many, at most <see cref="Room"/>.</param>
    public void Queue(int count)
    {
        _unsent += _tape.Distance(_nextToQueue, count);
        _nextToQueue += count;
        if (_nextToQueue >= _tape.Count)
        {
            _nextToQueue -= _tape.Count;
        }

        _expected.Queued(count);
    }

    /// <summary>Sends what is queued, as far as there is room.</summary>
    /// <exception cref="ReplyException">The server has closed the connection.</exception>
    public unsafe void Flush()
    {
        while (_unsent > 0)
        {
            int length = (int)Math.Min(Math.Min(_unsent, _tape.Bytes - _cursor), 1 << 24);
            int sent = _network.Send(_id, new ReadOnlySpan<byte>(_tape.At(_cursor), length));
            if (sent == INetwork.WouldBlock)
            {
                break;
            }

            if (sent == 0)
            {
                throw new ReplyException($"the server closed a connection on which {_expected.Waiting} requests were waiting", default);
            }

            _unsent -= sent;
            _cursor += (uint)sent;
            if (_cursor == _tape.Bytes)
            {
                _cursor = 0;
            }
        }

        bool blocked = _unsent > 0;
        if (blocked != _watchingWrites)
        {
            _watchingWrites = blocked;
            _network.WatchWrites(_id, blocked);
        }
    }

    /// <summary>Reads once and takes in the replies.</summary>
    /// <param name="buffer">The thread's buffer; its content is of no meaning between calls.</param>
    /// <param name="tally">Counts what was answered.</param>
    /// <param name="more">The buffer was filled, so there may be more.</param>
    /// <returns>Requests answered.</returns>
    /// <exception cref="ReplyException">The server has closed the connection, or sent something that is no reply.</exception>
    public int Receive(byte[] buffer, Tally tally, out bool more)
    {
        more = false;
        _leftover.AsSpan(0, _leftoverBytes).CopyTo(buffer);
        int received = _network.Receive(_id, buffer.AsSpan(_leftoverBytes));
        if (received == INetwork.WouldBlock)
        {
            return 0;
        }

        if (received == 0)
        {
            throw new ReplyException($"the server closed a connection on which {_expected.Waiting} requests were waiting", default);
        }

        int filled = _leftoverBytes + received;
        int waiting = _expected.Waiting;
        int used = _scanner.Scan(buffer.AsSpan(0, filled), ref _expected, tally);
        _leftoverBytes = filled - used;
        buffer.AsSpan(used, _leftoverBytes).CopyTo(_leftover);
        more = filled == buffer.Length;
        return waiting - _expected.Waiting;
    }
}
