namespace AotKv.Engine.Log;

/// <summary>What a record says. The numbers are on disk and never change.</summary>
internal enum RecordKind : byte
{
    /// <summary>A key has this value.</summary>
    Item = 0,

    /// <summary>A key is gone. Its value is empty.</summary>
    Deletion = 1,

    /// <summary>A key has the value in a segment of its own; the value here is a <see cref="LargeReference"/>.</summary>
    LargeItem = 2,

    /// <summary>The first record of every segment of a durable log; the value is a <see cref="SegmentStart"/>.</summary>
    SegmentStart = 3,

    /// <summary>What a namespace is from here on; the value is a <see cref="Namespaces.NamespaceState"/>.</summary>
    Namespace = 4,

    /// <summary>An item whose CAS id is not its revision (it was touched, or the client chose it): the value's first eight bytes, little-endian.</summary>
    ItemWithCas = 5,

    /// <summary>A record that was taken back, with the transaction it belonged to, before anything could rely on it. It says nothing.</summary>
    Void = 6,
}
