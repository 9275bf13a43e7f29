namespace AotKv.Protocol.Text;

/// <summary>Walks the words of a line (the keys of a multi-get) without copying them. Any number of spaces separates words.</summary>
public ref struct KeyList
{
    private readonly ReadOnlySpan<byte> _words;

    /// <summary>Begins before the first word.</summary>
    /// <param name="words">The rest of a line without its terminator.</param>
    public KeyList(ReadOnlySpan<byte> words) => _words = words;

    /// <summary>The current word; valid after <see cref="MoveNext"/> said true.</summary>
    public readonly ReadOnlySpan<byte> Current => _words;

    /// <summary>Offset in the words of the byte behind the current word: where a walk that was interrupted goes on.</summary>
    public readonly int Position => _words.Length;

    /// <summary>Goes to the next word.</summary>
    public bool MoveNext() => throw new NotSupportedException();
}
