using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace AotKv.Http.Security;

/// <summary>
/// TLS below the HTTP server. Kestrel's own layer asks for services that only the hosting around it registers, which this door leaves
/// out; this one needs none.
/// </summary>
internal sealed class TlsLayer
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyeTime = TimeSpan.FromSeconds(2);

    private readonly Func<SslServerAuthenticationOptions> _handshake;
    private readonly ConnectionDelegate _next;

    public TlsLayer(Func<SslServerAuthenticationOptions> handshake, ConnectionDelegate next)
    {
        _handshake = handshake;
        _next = next;
    }

    /// <summary>Shakes hands, and passes what is inside on.</summary>
    public async Task RunAsync(ConnectionContext connection)
    {
        IDuplexPipe outer = connection.Transport;
        DuplexStream carrier = new(outer.Input.AsStream(leaveOpen: true), outer.Output.AsStream(leaveOpen: true));
        await using (carrier.ConfigureAwait(false))
        {
            SslStream ssl = new(carrier, leaveInnerStreamOpen: true);
            await using (ssl.ConfigureAwait(false))
            {
                if (!await ShakeHandsAsync(ssl, connection.ConnectionClosed).ConfigureAwait(false))
                {
                    return;
                }

                TlsFacts facts = new(ssl);
                connection.Features.Set<ITlsConnectionFeature>(facts);
                connection.Features.Set<ITlsApplicationProtocolFeature>(facts);
                InnerPipe inner = new(PipeReader.Create(ssl, new(leaveOpen: true)), PipeWriter.Create(ssl, new(leaveOpen: true)));
                connection.Transport = inner;
                try
                {
                    await _next(connection).ConfigureAwait(false);
                }
                finally
                {
                    connection.Transport = outer;
                    await inner.Input.CompleteAsync().ConfigureAwait(false);
                    await CloseAsync(inner, ssl).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>False when it failed: the connection is closed then, as there is nobody to tell.</summary>
    private async Task<bool> ShakeHandsAsync(SslStream ssl, CancellationToken closed)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(closed);
        deadline.CancelAfter(HandshakeTime);
        SslServerAuthenticationOptions options = _handshake();
        options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        try
        {
            await ssl.AuthenticateAsServerAsync(options, deadline.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Sends what is left and says goodbye, if the client still listens.</summary>
    private static async Task CloseAsync(InnerPipe inner, SslStream ssl)
    {
        try
        {
            await inner.Output.CompleteAsync().ConfigureAwait(false);
            await ssl.ShutdownAsync().WaitAsync(GoodbyeTime).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or InvalidOperationException or ObjectDisposedException)
        {
            // The client has gone.
        }
    }

    private sealed record InnerPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>What the HTTP server wants to know of the handshake.</summary>
    private sealed class TlsFacts(SslStream ssl) : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol => ssl.NegotiatedApplicationProtocol.Protocol;

        public X509Certificate2? ClientCertificate { get; set; } = ssl.RemoteCertificate as X509Certificate2;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
