namespace AotKv.Protocol.Binary;

/// <summary>What is answered to an outcome: memcached 1.6.45's status codes and texts.</summary>
public static class BinaryReplies
{
    /// <summary>The version of memcached whose features these are: clients choose by it.</summary>
    public static ReadOnlySpan<byte> Version => "1.6.45"u8;

    /// <summary>The body of a successful authentication.</summary>
    public static ReadOnlySpan<byte> Authenticated => "Authenticated"u8;

    /// <summary>No memory for an item that is stored.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryStoring => "Out of memory allocating item"u8;

    /// <summary>No memory for the new number of Increment or Decrement.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryCounting => "Out of memory incrementing value"u8;

    /// <summary>No memory for the item that Increment or Decrement creates.</summary>
    public static ReadOnlySpan<byte> OutOfMemoryCreating => "Out of memory allocating new item"u8;

    /// <summary>The text of an error's response.</summary>
    /// <param name="status">The status; one that is no error has no text.</param>
    public static ReadOnlySpan<byte> Text(BinaryStatus status) => status switch
    {
        BinaryStatus.NotFound => "Not found"u8,
        BinaryStatus.Exists => "Data exists for key."u8,
        BinaryStatus.TooLarge => "Too large."u8,
        BinaryStatus.InvalidArguments => "Invalid arguments"u8,
        BinaryStatus.NotStored => "Not stored."u8,
        BinaryStatus.NonNumeric => "Non-numeric server-side value for incr or decr"u8,
        BinaryStatus.AuthError => "Auth failure."u8,
        BinaryStatus.UnknownCommand => "Unknown command"u8,
        BinaryStatus.OutOfMemory => "Out of memory"u8,
        _ => default,
    };

    /// <summary>The status to answer a bad request with; means nothing for <see cref="BinaryError.BadMagic"/>, which has no response.</summary>
    /// <param name="error">Why it is bad.</param>
    public static BinaryStatus StatusOf(BinaryError error) => error switch
    {
        BinaryError.None => BinaryStatus.Ok,
        BinaryError.BodyTooShort or BinaryError.UnknownOpcode => BinaryStatus.UnknownCommand,
        _ => BinaryStatus.InvalidArguments,
    };

    /// <summary>Says whether the connection is closed, behind the response if there is one.</summary>
    /// <param name="error">Why a request is bad.</param>
    public static bool Closes(BinaryError error) => error is not (BinaryError.None or BinaryError.UnknownOpcode);
}
