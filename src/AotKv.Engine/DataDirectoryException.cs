namespace AotKv.Engine;

/// <summary>A data directory cannot be used: locked, unreadable, full, of another version. The message says what to do.</summary>
public class DataDirectoryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataDirectoryException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    public DataDirectoryException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="inner">The system's error.</param>
    public DataDirectoryException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>A log is damaged before its end, so part of what was stored is lost. Refused unless repair is asked for.</summary>
public sealed class LogDamagedException : DataDirectoryException
{
    /// <summary>Creates the exception.</summary>
    public LogDamagedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    public LogDamagedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="inner">The system's error.</param>
    public LogDamagedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Creates the exception for a place in a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Byte offset of the first damaged byte that was noticed.</param>
    /// <param name="what">What was found there.</param>
    public LogDamagedException(string file, long offset, string what)
        : base($"the log is damaged: {file} at byte {offset}: {what}. Restore the directory from a copy, or start with --repair to go on without what is lost (the damaged file is kept aside)")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The damaged file.</summary>
    public string? File { get; }

    /// <summary>Byte offset in it.</summary>
    public long Offset { get; }
}
