namespace AotKv.Server.Auth;

/// <summary>A password file cannot be used. The message names the file, and the line when one is bad; it never shows a password.</summary>
public sealed class PasswordFileException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">File, line and mistake.</param>
    public PasswordFileException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="message">File and mistake.</param>
    /// <param name="cause">What the system said.</param>
    public PasswordFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
