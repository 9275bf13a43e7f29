namespace AotKv.Server.Transport.Tls;

/// <summary>A certificate, a key or a list of ciphers cannot be used. The message is one line that names option, file and reason.</summary>
public sealed class TlsException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Option, file and reason.</param>
    /// <param name="inner">What the system said.</param>
    public TlsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
