using System.Buffers.Text;
using System.Net.Sockets;
using AotKv.Perf.Net;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.MissRatio;

/// <summary>
/// A user of a cache: asks for keys, and stores the value of each key that was not there. It asks for some keys at once, and the stores
/// of one group precede the reads of the next on the same connection.
/// </summary>
internal sealed class ReadThroughClient : IDisposable
{
    /// <summary>Keys in one request.</summary>
    public const int GroupKeys = 64;

    private const int KeyBytes = 16;

    private readonly Socket _socket;
    private readonly ValuePool _values;
    private readonly uint[] _group = new uint[GroupKeys];
    private readonly byte[] _requests;
    private readonly byte[] _replies;
    private readonly byte[] _key = new byte[KeyBytes];
    private int _requestBytes;

    /// <summary>Connects.</summary>
    public ReadThroughClient(Target target)
    {
        _socket = target.Connect();
        _values = new ValuePool(CacheLoads.Sizes.MaxBytes);
        int most = GroupKeys * (CacheLoads.Sizes.MaxBytes + 64);
        _requests = new byte[2 * most];
        _replies = new byte[most];
    }

    /// <summary>Misses of the last turn of a key that the same request had asked for before: no cache could have answered them.</summary>
    public int AskedAgain { get; private set; }

    /// <summary>Asks for some keys and stores what is missing.</summary>
    /// <param name="load">Which keys.</param>
    /// <returns>How many of <see cref="GroupKeys"/> were missing.</returns>
    public int Turn(CacheLoad load)
    {
        Append("get"u8);
        for (int i = 0; i < GroupKeys; i++)
        {
            _group[i] = load.Next();
            KeySpace.Write(_group[i], _key);
            Append(" "u8);
            Append(_key);
        }

        Append("\r\n"u8);
        for (int sent = 0; sent < _requestBytes;)
        {
            sent += _socket.Send(_requests.AsSpan(sent, _requestBytes - sent));
        }

        _requestBytes = 0;
        ReadOnlySpan<byte> replies = ReadReplies();
        int missing = 0;
        AskedAgain = 0;
        for (int i = 0; i < GroupKeys; i++)
        {
            if (!TakeHit(_group[i], ref replies))
            {
                missing++;
                AskedAgain += _group.AsSpan(0, i).Contains(_group[i]) ? 1 : 0;
                AppendSet(_group[i]);
            }
        }

        return replies.SequenceEqual("END\r\n"u8)
            ? missing
            : throw new ReplyException("the reply to a get is not made of the keys that were asked for, in their order", replies);
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads up to the line <c>END</c>. No value holds it: they are letters only.</summary>
    private ReadOnlySpan<byte> ReadReplies()
    {
        int length = 0;
        do
        {
            int received = _socket.Receive(_replies.AsSpan(length));
            length += received > 0 ? received : throw new ReplyException("the server closed the connection", _replies.AsSpan(0, length));
        }
        while (!_replies.AsSpan(0, length).EndsWith("END\r\n"u8));
        return _replies.AsSpan(0, length);
    }

    private bool TakeHit(uint key, ref ReadOnlySpan<byte> replies)
    {
        ReadOnlySpan<byte> start = "VALUE "u8;
        KeySpace.Write(key, _key);
        if (!replies.StartsWith(start) || !replies[start.Length..].StartsWith(_key))
        {
            return false;
        }

        int bytes = CacheLoads.ValueBytes(key);
        int lineEnd = replies.IndexOf((byte)'\n') + 1;
        if (lineEnd + bytes + 2 > replies.Length || !replies.Slice(lineEnd, bytes).SequenceEqual(_values.Slice(key, 0, bytes)))
        {
            throw new ReplyException("a value is not the one that was stored", replies);
        }

        replies = replies[(lineEnd + bytes + 2)..];
        return true;
    }

    private void AppendSet(uint key)
    {
        int bytes = CacheLoads.ValueBytes(key);
        KeySpace.Write(key, _key);
        Append("set "u8);
        Append(_key);
        Append(" 0 0 "u8);
        _ = Utf8Formatter.TryFormat(bytes, _requests.AsSpan(_requestBytes), out int digits);
        _requestBytes += digits;
        Append(" noreply\r\n"u8);
        Append(_values.Slice(key, 0, bytes));
        Append("\r\n"u8);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_requests.AsSpan(_requestBytes));
        _requestBytes += bytes.Length;
    }
}
