using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using AotKv.Server.Transport.Pipes;
using AotKv.Server.Watch;

namespace AotKv.Server.Transport.Tls;

/// <summary>A TLS connection as a pair of pipes, over any stream.</summary>
internal sealed class TlsPipe : ISocketPipe, IDisposable
{
    private const int MinReadBytes = 1 << 10;

    private readonly TlsCarrier _carrier;
    private readonly SslStream _tls;
    private readonly TlsPipes _owner;
    private readonly ListenSecurity _security;
    private readonly int _id;
    private bool _isOpen;

    /// <param name="owner">What all connections with TLS share.</param>
    /// <param name="carrier">Where encrypted bytes come from and go to; becomes the pipe's.</param>
    /// <param name="security">What of the client is asked.</param>
    /// <param name="id">The connection's number.</param>
    public TlsPipe(TlsPipes owner, TlsCarrier carrier, ListenSecurity security, int id)
    {
        _owner = owner;
        _carrier = carrier;
        _security = security;
        _id = id;
        _tls = new SslStream(carrier, leaveInnerStreamOpen: false);

        // Waits without a buffer, so that an idle connection owns none.
        Input = PipeReader.Create(_tls, new StreamPipeReaderOptions(minimumReadSize: MinReadBytes, bufferSize: 16 << 10, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_tls, new StreamPipeWriterOptions(minimumBufferSize: owner.Certificates.Options.WriteBufferBytes, leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Shakes hands; false when that fails, or takes too long.</summary>
    public async ValueTask<bool> OpenAsync(CancellationToken stop)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(_owner.State.Options.HandshakeDeadlineMs);
        try
        {
            _carrier.IsHandshaking = true;
            await _tls.AuthenticateAsServerAsync(_owner.Certificates.Current.Handshake(_security), deadline.Token).ConfigureAwait(false);
            _carrier.IsHandshaking = false;
            _isOpen = true;
            if (!_carrier.HasResumed)
            {
                _owner.State.Tls.SessionBegan();
            }

            return true;
        }
        catch (Exception exception)
        {
            // Whatever bytes and certificates of a client make the framework say, this handshake failed and no more than that.
            _owner.State.Tls.HandshakeFailed();
            Tell(exception);
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
            _owner.State.Tls.ProtocolFailed();
            Tell(exception);
        }
    }

    public void Abort() => _carrier.Dispose();

    /// <summary>Frees what the connection held; when nobody uses it any more.</summary>
    public void Dispose()
    {
        _tls.Dispose();
        _carrier.Dispose();
    }

    private void Tell(Exception exception)
    {
        if ((_owner.State.Observed & WatchStreams.ConnectionEvents) != 0)
        {
            ConnectionWatch.TlsFailed(_owner.State, _id, (exception.InnerException ?? exception).Message);
        }
    }
}
