using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AotKv.Http.Feed;

/// <summary>Sends a feed over a web socket (RFC 6455): a text message for each transaction. What the client says is read and dropped.</summary>
internal sealed class WebSocketSink : IFeedSink, IAsyncDisposable
{
    private const string Version = "13";
    private const string HandshakeConstant = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3
    private const int KeyBytes = 16;
    private const int MostUnwantedBytes = 1 << 20;

    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(2);

    private readonly HttpCall _call;
    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _gone = new();
    private readonly Task _receiving;

    private WebSocketSink(HttpCall call, WebSocket socket)
    {
        _call = call;
        _socket = socket;
        _receiving = ReceiveAsync();
    }

    public static bool IsAsked(HttpCall call) =>
        call.Context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
        && string.Equals(call.Header("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase);

    /// <summary>Answers the handshake; null when it was refused.</summary>
    public static async Task<WebSocketSink?> AcceptAsync(HttpCall call)
    {
        string? key = call.Header("Sec-WebSocket-Key");
        Span<byte> bytes = stackalloc byte[KeyBytes + 2];
        if (key == null || !Convert.TryFromBase64String(key, bytes, out int length) || length != KeyBytes || call.Header("Sec-WebSocket-Version") != Version)
        {
            call.Response.Headers.SecWebSocketVersion = Version;
            await call.RefuseAsync(StatusCodes.Status400BadRequest, $"a web socket needs Sec-WebSocket-Key and Sec-WebSocket-Version: {Version}").ConfigureAwait(false);
            return null;
        }

        call.Response.Headers.Connection = "Upgrade";
        call.Response.Headers.Upgrade = "websocket";
        call.Response.Headers.SecWebSocketAccept = AcceptOf(key);
        Stream stream = await call.Context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync().ConfigureAwait(false);
        WebSocketCreationOptions options = new() { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) };
        return new(call, WebSocket.CreateFromStream(stream, options));
    }

    /// <inheritdoc/>
    public CancellationToken Gone => _gone.Token;

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gone.Token);
        while (!text.IsEmpty)
        {
            int end = text.Span.IndexOf((byte)'\n');
            try
            {
                await _socket.SendAsync(text[..end], WebSocketMessageType.Text, endOfMessage: true, either.Token).ConfigureAwait(false);
            }
            catch (WebSocketException)
            {
                throw new OperationCanceledException("the client has gone", _gone.Token);
            }

            text = text[(end + 1)..];
        }
    }

    /// <summary>Says goodbye, and waits a moment for the client to say it too.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using CancellationTokenSource deadline = new(CloseTime);
                WebSocketCloseStatus status = _call.State.Stopping.IsCancellationRequested
                    ? WebSocketCloseStatus.EndpointUnavailable
                    : WebSocketCloseStatus.NormalClosure;
                await _socket.CloseOutputAsync(status, null, deadline.Token).ConfigureAwait(false);
                await _receiving.WaitAsync(deadline.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // The client has gone already.
        }

        _socket.Abort();
        await _receiving.ConfigureAwait(false);
        _socket.Dispose();
        _gone.Dispose();
    }

    private static string AcceptOf(string key)
    {
#pragma warning disable CA5350 // The protocol's handshake is made of SHA-1; nothing is protected by it.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + HandshakeConstant)));
#pragma warning restore CA5350
    }

    /// <summary>Reads until the client closes: pings are answered by that, and who has gone is noticed.</summary>
    private async Task ReceiveAsync()
    {
        byte[] buffer = new byte[512];
        long unwanted = 0;
        try
        {
            while (unwanted < MostUnwantedBytes)
            {
                ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false);
                if (result.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                unwanted += result.Count;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The connection ended in another way.
        }

        await _gone.CancelAsync().ConfigureAwait(false);
    }
}
