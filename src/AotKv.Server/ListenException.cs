namespace AotKv.Server;

/// <summary>The server cannot listen where it was told to. The message is one line that says where and why.</summary>
public sealed class ListenException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Where and why.</param>
    /// <param name="inner">What the system said.</param>
    public ListenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
