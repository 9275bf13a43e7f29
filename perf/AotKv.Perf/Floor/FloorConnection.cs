using AotKv.Perf.Net;

namespace AotKv.Perf.Floor;

/// <summary>One connection of the floor server: just enough of the protocol to know where a request ends.</summary>
internal sealed class FloorConnection
{
    private const int MaxLine = 64 << 10;

    private readonly INetwork _network;
    private readonly FloorReplies _replies;
    private readonly byte[] _leftover = new byte[MaxLine];
    private byte[] _pending = [];
    private int _leftoverBytes;
    private int _pendingSent;
    private long _skip;

    public FloorConnection(INetwork network, FloorReplies replies)
    {
        _network = network;
        _replies = replies;
    }

    /// <summary>The number the network gave it.</summary>
    public required int Id { get; init; }

    /// <summary>Reads once and answers everything that was asked, with one send.</summary>
    /// <param name="input">The loop's input buffer.</param>
    /// <param name="output">The loop's output buffer.</param>
    /// <returns>Whether the connection lives on.</returns>
    public bool Serve(byte[] input, ReplyBuffer output)
    {
        if (_pending.Length > 0)
        {
            return Send(default);
        }

        _leftover.AsSpan(0, _leftoverBytes).CopyTo(input);
        int received = _network.Receive(Id, input.AsSpan(_leftoverBytes));
        if (received <= 0)
        {
            return received == INetwork.WouldBlock;
        }

        output.Clear();
        ReadOnlySpan<byte> bytes = input.AsSpan(0, _leftoverBytes + received);
        int at = 0;
        while (at < bytes.Length)
        {
            if (_skip > 0)
            {
                int take = (int)Math.Min(_skip, bytes.Length - at);
                at += take;
                _skip -= take;
                if (_skip == 0)
                {
                    output.Append("STORED\r\n"u8);
                }

                continue;
            }

            int length = bytes[at..].IndexOf((byte)'\n');
            if (length < 0)
            {
                break;
            }

            ReadOnlySpan<byte> line = bytes.Slice(at, length);
            at += length + 1;
            Answer(line, output);
        }

        _leftoverBytes = bytes.Length - at;
        if (_leftoverBytes > MaxLine)
        {
            return false;
        }

        bytes[at..].CopyTo(_leftover);
        return output.Written.Length == 0 || Send(output.Written);
    }

    private void Answer(ReadOnlySpan<byte> line, ReplyBuffer output)
    {
        byte first = line.Length > 0 ? line[0] : (byte)0;
        if (first == 'g')
        {
            for (int keys = line.Count((byte)' '); keys > 0; keys--)
            {
                output.Append(_replies.Value);
            }

            output.Append("END\r\n"u8);
        }
        else if (first == 's')
        {
            long length = 0;
            for (int i = line.LastIndexOf((byte)' ') + 1; i < line.Length - 1; i++)
            {
                length = (length * 10) + (line[i] - '0');
            }

            _skip = length + 2;
        }
        else
        {
            output.Append(first == 'v' ? "VERSION floor\r\n"u8 : "ERROR\r\n"u8);
        }
    }

    private bool Send(ReadOnlySpan<byte> fresh)
    {
        // What could not be sent is kept, and nothing is read until it is gone.
        bool wasPending = _pending.Length > 0;
        ReadOnlySpan<byte> bytes = wasPending ? _pending.AsSpan(_pendingSent) : fresh;
        while (bytes.Length > 0)
        {
            int sent = _network.Send(Id, bytes);
            if (sent == 0)
            {
                return false;
            }

            if (sent == INetwork.WouldBlock)
            {
                if (!wasPending)
                {
                    _pending = bytes.ToArray();
                    _pendingSent = 0;
                    _network.WatchWrites(Id, true);
                }

                return true;
            }

            bytes = bytes[sent..];
            _pendingSent += sent;
        }

        if (wasPending)
        {
            _pending = [];
            _network.WatchWrites(Id, false);
        }

        return true;
    }
}
