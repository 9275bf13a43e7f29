namespace AotKv.Protocol.Meta;

/// <summary>What mg tells beside the flags that were asked for.</summary>
[Flags]
public enum MetaMarks : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>Z</c>: another client was told before that it won.</summary>
    AlreadyWon = 1,

    /// <summary><c>X</c>: the item is stale.</summary>
    Stale = 2,

    /// <summary><c>W</c>: this client won: it is the one to recache the item.</summary>
    Won = 4,
}
