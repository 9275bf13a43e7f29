using System.Net;
using AotKv.Http.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace AotKv.Http;

/// <summary>Kestrel as it is used here: the server alone, with none of the hosting, configuration, logging and routing around it.</summary>
internal sealed class KestrelHost : IServiceProvider, IDisposable
{
    private readonly KestrelServer _server;
    private readonly List<ListenOptions> _listening = [];
    private int _connections;

    public KestrelHost(HttpOptions options)
    {
        KestrelServerOptions kestrel = new() { AddServerHeader = false, ApplicationServices = this };
        SetLimits(kestrel.Limits, options);
        foreach (HttpAddress address in options.Listen)
        {
            if (address.Host == "*")
            {
                kestrel.ListenAnyIP(address.Port, listen => Configure(listen, address));
            }
            else
            {
                kestrel.Listen(address.ToEndPoint(), listen => Configure(listen, address));
            }
        }

        SocketTransportOptions transport = new()
        {
            UnsafePreferInlineScheduling = true, // long requests leave the thread by themselves: RouteTraits.Brief
            WaitForDataBeforeAllocatingBuffer = false, // 4 KiB for each idle connection, against a system call for each request
        };
        SocketTransportFactory sockets = new(Options.Create(transport), NullLoggerFactory.Instance);
        _server = new(Options.Create(kestrel), sockets, NullLoggerFactory.Instance);

        void Configure(ListenOptions listen, HttpAddress address)
        {
            _listening.Add(listen);
            listen.Use(next => connection => CountAsync(next, connection, options.Limits.Connections));
            if (options.Tls is { } handshake && !address.IsPlain)
            {
                listen.Use(next => new TlsLayer(handshake, next).RunAsync);
            }
        }
    }

    /// <summary>Where it listens, once started.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints => [.. _listening.Select(listen => listen.IPEndPoint!)];

    /// <summary>Connections open at this moment.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public Task StartAsync(HttpPipeline pipeline) => _server.StartAsync(pipeline, CancellationToken.None);

    public Task StopAsync(CancellationToken deadline) => _server.StopAsync(deadline);

    /// <summary>The few services that Kestrel asks for by itself.</summary>
    public object? GetService(Type serviceType) => serviceType == typeof(ILoggerFactory) ? NullLoggerFactory.Instance : null;

    public void Dispose() => _server.Dispose();

    /// <summary>
    /// Kestrel's own limits answer without a body, so the ones here lie behind those of the pipeline, which says what was wrong. A request
    /// line has to hold a key of 65,535 bytes with every byte escaped.
    /// </summary>
    private static void SetLimits(KestrelServerLimits limits, HttpOptions options)
    {
        limits.MaxConcurrentConnections = options.Limits.Connections * 2L;
        limits.MaxConcurrentUpgradedConnections = null;
        limits.MaxRequestLineSize = HttpPipeline.MaxTargetChars + 1024;
        limits.MaxRequestHeadersTotalSize = HttpPipeline.MaxHeaderBytes;
        limits.MaxRequestBufferSize = Math.Max(limits.MaxRequestLineSize, 64 << 10);
        limits.MaxResponseBufferSize = 64 << 10;
        limits.MaxRequestBodySize = null; // every body goes through RequestBody
        limits.Http2.MaxStreamsPerConnection = 100;
    }

    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection, int most)
    {
        if (Interlocked.Increment(ref _connections) > most)
        {
            connection.Features.Set(ConnectionExcess.Instance);
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }
}

/// <summary>Marks a connection beyond the limit: its first request is told so.</summary>
internal sealed class ConnectionExcess
{
    public static readonly ConnectionExcess Instance = new();
}
