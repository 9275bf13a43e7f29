namespace AotKv.Server.Transport.Tls;

/// <summary>
/// What carries encrypted bytes. It looks at what the server says in a handshake, because the framework does not tell whether a session
/// was resumed.
/// </summary>
internal abstract class TlsCarrier : Stream
{
    private TlsFlight _flight;

    /// <summary>The handshake is not over. Set by the pipe, which runs it.</summary>
    public bool IsHandshaking { get; set; }

    /// <summary>When the handshake is over: whether it took up an earlier session.</summary>
    public bool HasResumed => _flight == TlsFlight.Resumed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public sealed override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsHandshaking && _flight == TlsFlight.Unknown)
        {
            _flight = TlsFlights.Read(buffer.Span);
        }

        return SendAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing here waits");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("nothing here waits");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Sends all of it.</summary>
    protected abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);
}
