using System.Buffers.Text;
using AotKv.Protocol.Text;

namespace AotKv.Server.Watch;

/// <summary>One line for watchers, in the making: <c>ts= gid= type= ...</c>, as memcached's logger writes it.</summary>
internal ref struct WatchLine
{
    /// <summary>The longest line: a key of 250 bytes, each as three, and all else at its longest.</summary>
    public const int MaxBytes = 1200;

    private readonly Span<byte> _buffer;
    private int _length;

    /// <param name="buffer">At least <see cref="MaxBytes"/>.</param>
    /// <param name="nowMicroseconds">Since 1970.</param>
    /// <param name="number">The line's number.</param>
    /// <param name="type">What happened.</param>
    public WatchLine(Span<byte> buffer, long nowMicroseconds, long number, ReadOnlySpan<byte> type)
    {
        _buffer = buffer;
        Add("ts="u8, nowMicroseconds / 1_000_000);
        Add("."u8, nowMicroseconds % 1_000_000); // not padded: memcached's is not
        Add(" gid="u8, number);
        Add(" type="u8, type);
    }

    /// <summary>Adds a field with a number.</summary>
    public void Add(ReadOnlySpan<byte> name, long number)
    {
        Put(name);
        Utf8Formatter.TryFormat(number, _buffer[_length..], out int digits);
        _length += digits;
    }

    /// <summary>Adds a field with a word.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> word)
    {
        Put(name);
        Put(word);
    }

    /// <summary>Adds the key, shortened to what this protocol allows.</summary>
    public void AddKey(ReadOnlySpan<byte> key)
    {
        Put(" key="u8);
        _length += UriText.Encode(_buffer[_length..], key[..Math.Min(key.Length, TextParser.MaxKeyLength)]);
    }

    /// <summary>Ends the line.</summary>
    public ReadOnlySpan<byte> End()
    {
        Put("\n"u8);
        return _buffer[.._length];
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }
}
