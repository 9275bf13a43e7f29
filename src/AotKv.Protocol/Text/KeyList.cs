using System.Runtime.CompilerServices;

namespace AotKv.Protocol.Text;

/// <summary>Walks the words of a line (the keys of a multi-get) without copying them. Any number of spaces separates words.</summary>
/// <remarks>
/// A request with one key (<see cref="Request.KeyLength"/> equals <see cref="Request.KeysLength"/>) needs no walk. An interrupted walk goes
/// on with <c>new KeyList(words[position..])</c>, also after the bytes were moved.
/// </remarks>
public ref struct KeyList
{
    private readonly ReadOnlySpan<byte> _line;
    private Words _words;
    private int _start;
    private int _end;

    /// <summary>Begins before the first word.</summary>
    /// <param name="words">The rest of a line without its terminator.</param>
    public KeyList(ReadOnlySpan<byte> words)
    {
        _line = words;
        _words = new Words(LineScan.Gaps(words, 0));
    }

    /// <summary>The current word; valid after <see cref="MoveNext"/> said true.</summary>
    public readonly ReadOnlySpan<byte> Current => _line[_start.._end];

    /// <summary>Offset in the words of the byte behind the current word: where a walk that was interrupted goes on.</summary>
    public readonly int Position => _end;

    /// <summary>Goes to the next word.</summary>
    /// <returns>False when there is none; the position is then the end of the words.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext() => _words.Next(_line, out _start, out _end);

    /// <summary>The list walks itself: <c>foreach</c> works.</summary>
    public readonly KeyList GetEnumerator() => this;
}
