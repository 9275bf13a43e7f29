namespace AotKv;

/// <summary>Exit codes: those of memcached, which takes them from sysexits.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>A value out of range, an unknown option, and failures that have no code of their own.</summary>
    public const int Failure = 1;

    /// <summary>EX_USAGE: options that cannot be together, or that this server does not have.</summary>
    public const int Usage = 64;

    /// <summary>EX_NOUSER: the user of <c>-u</c> does not exist.</summary>
    public const int NoUser = 67;

    /// <summary>EX_DATAERR: the log is damaged.</summary>
    public const int Damaged = 65;

    /// <summary>EX_IOERR: the data directory cannot be used.</summary>
    public const int DataDirectory = 74;

    /// <summary>EX_OSERR: an address in use, or a limit of the system.</summary>
    public const int System = 71;
}
