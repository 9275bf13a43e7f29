namespace AotKv.Protocol;

/// <summary>What a parser says of the bytes it was given.</summary>
public enum ParseStatus : byte
{
    /// <summary>The bytes are a valid beginning; nothing was consumed and nothing has changed.</summary>
    NeedMore,

    /// <summary>A whole request was read.</summary>
    Done,

    /// <summary>The bytes are not a request; the error says what to answer and how much input to drop.</summary>
    Bad,
}
