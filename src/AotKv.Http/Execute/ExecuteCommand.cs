using AotKv.Engine.Namespaces;

namespace AotKv.Http.Execute;

/// <summary>What a command of a transaction does.</summary>
internal enum ExecuteKind
{
    Unknown,
    Get,
    Set,
    Delete,
    Exists,
    Increment,
    Ttl,
}

/// <summary>One command of a transaction as its JSON says it; texts lie in the body or in the scratch bytes.</summary>
internal struct ExecuteCommand
{
    public ExecuteKind Kind;
    public TextPlace Key;
    public TextPlace Value;
    public StoreNamespace? Namespace;

    /// <summary>Milliseconds from now; -1 when none was given, 0 never.</summary>
    public long TtlMilliseconds;

    public long Delta;
    public ulong IfRevision;
    public uint Flags;
    public bool HasDelta;
    public bool HasIfRevision;
    public bool IfAbsent;

    /// <summary>The index of the command of the batch that gives the result.</summary>
    public int ResultIndex;
}

/// <summary>Where the bytes of a text are.</summary>
internal readonly struct TextPlace
{
    public TextPlace(int at, int length, bool isScratch)
    {
        At = at;
        Length = length;
        IsScratch = isScratch;
    }

    public int At { get; }

    public int Length { get; }

    public bool IsScratch { get; }
}
