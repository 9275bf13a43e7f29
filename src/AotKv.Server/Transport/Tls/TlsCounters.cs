namespace AotKv.Server.Transport.Tls;

/// <summary>What statistics say of TLS. Any thread counts: these are rare.</summary>
internal sealed class TlsCounters
{
    private long _handshakeErrors;
    private long _protocolErrors;
    private long _newSessions;

    /// <summary>Handshakes that did not come about.</summary>
    public long HandshakeErrors => Volatile.Read(ref _handshakeErrors);

    /// <summary>Connections that ended because what came was not what TLS allows.</summary>
    public long ProtocolErrors => Volatile.Read(ref _protocolErrors);

    /// <summary>Sessions that were not resumed ones.</summary>
    public long NewSessions => Volatile.Read(ref _newSessions);

    public void HandshakeFailed() => Interlocked.Increment(ref _handshakeErrors);

    public void ProtocolFailed() => Interlocked.Increment(ref _protocolErrors);

    public void SessionBegan() => Interlocked.Increment(ref _newSessions);

    /// <summary>Counts from zero again.</summary>
    public void Reset()
    {
        Volatile.Write(ref _handshakeErrors, 0);
        Volatile.Write(ref _protocolErrors, 0);
        Volatile.Write(ref _newSessions, 0);
    }
}
