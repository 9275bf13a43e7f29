namespace AotKv.Server;

/// <summary>The versions a client or an operator can ask for.</summary>
public static class ServerVersion
{
    /// <summary>The memcached version whose protocol and figures this server has; the answer to <c>version</c>.</summary>
    public const string Memcached = "1.6.45";

    /// <summary>AotKv's own version, as the build says it.</summary>
    public const string Own = BuildVersion.Text;
}
