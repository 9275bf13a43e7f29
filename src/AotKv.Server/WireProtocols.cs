namespace AotKv.Server;

/// <summary>Which protocols a server speaks (memcached's -B).</summary>
public enum WireProtocols
{
    /// <summary>Text and binary; the first byte of a connection decides.</summary>
    Any,

    /// <summary>Text only: the first byte of the binary protocol is the beginning of a line like another.</summary>
    Text,

    /// <summary>Binary only: a connection that begins with anything else is closed.</summary>
    Binary,
}
