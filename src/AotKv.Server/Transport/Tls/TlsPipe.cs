using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using AotKv.Server.Transport.Pipes;

namespace AotKv.Server.Transport.Tls;

/// <summary>A TLS connection as a pair of pipes, over any stream.</summary>
internal sealed class TlsPipe : ISocketPipe, IDisposable
{
    private const int MinReadBytes = 1 << 10;

    private readonly Stream _transport;
    private readonly SslStream _tls;
    private readonly TlsCertificates _certificates;
    private readonly ListenSecurity _security;
    private readonly TlsCounters _counters;
    private bool _isOpen;

    public TlsPipe(Stream transport, TlsCertificates certificates, ListenSecurity security, TlsCounters counters)
    {
        _transport = transport;
        _certificates = certificates;
        _security = security;
        _counters = counters;
        _tls = new SslStream(transport, leaveInnerStreamOpen: false);

        // Waits without a buffer, so that an idle connection owns none.
        Input = PipeReader.Create(_tls, new StreamPipeReaderOptions(minimumReadSize: MinReadBytes, bufferSize: 16 << 10, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_tls, new StreamPipeWriterOptions(minimumBufferSize: certificates.Options.WriteBufferBytes, leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Shakes hands; false when that fails, or takes too long.</summary>
    public async ValueTask<bool> OpenAsync(CancellationToken stop)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(ServerLimits.HandshakeDeadlineMs);
        try
        {
            await _tls.AuthenticateAsServerAsync(_certificates.Current.Handshake(_security), deadline.Token).ConfigureAwait(false);
            _isOpen = true;
            return true;
        }
        catch (Exception)
        {
            // Whatever bytes and certificates of a client make the framework say, this handshake failed and no more than that.
            _counters.HandshakeFailed();
            return false;
        }
    }

    public async ValueTask CloseAsync()
    {
        await Input.CompleteAsync().ConfigureAwait(false);
        await Output.CompleteAsync().ConfigureAwait(false);
        if (_isOpen)
        {
            await _tls.ShutdownAsync().ConfigureAwait(false);
        }

        await _tls.DisposeAsync().ConfigureAwait(false);
    }

    public void NoteFailure(Exception exception)
    {
        if (exception is IOException { InnerException: not (SocketException or null) })
        {
            _counters.ProtocolFailed();
        }
    }

    public void Abort() => _transport.Dispose();

    /// <summary>Frees what the connection held; when nobody uses it any more.</summary>
    public void Dispose()
    {
        _tls.Dispose();
        _transport.Dispose();
    }
}
