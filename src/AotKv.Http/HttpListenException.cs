namespace AotKv.Http;

/// <summary>The HTTP door cannot listen; the message says where and why.</summary>
public sealed class HttpListenException : Exception
{
    /// <summary>With a message and what caused it.</summary>
    public HttpListenException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
