using System.IO.Pipelines;
using AotKv.Engine;
using AotKv.Server;
using AotKv.Server.Transport.Pipes;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>The session loop behind a pair of pipes in memory, as TLS and every system but Linux use it; per request.</summary>
public class PipeBenchmarks : IDisposable
{
    private const int Requests = 1024;

    private readonly CancellationTokenSource _stop = new();
    private readonly Pipe _toServer = new(Options);
    private readonly Pipe _toClient = new(Options);
    private Store _store = null!;
    private ServerState _state = null!;
    private PipesConnection _connection = null!;
    private Task _serving = Task.CompletedTask;

    /// <summary>Requests in one flush.</summary>
    [Params(1, 32)]
    public int Depth { get; set; }

    private static PipeOptions Options { get; } = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0);

    [GlobalSetup]
    public void Setup()
    {
        var options = new StoreOptions { HashSeed = 1 };
        _store = new Store(options);
        _store.Put(_store.Key("k000000000000001"u8), new PutRequest { Value = new byte[100] });
        _state = new ServerState(new ServerOptions(), options, _store, new ServerLog(Stream.Null));
        _connection = new PipesConnection(_state, new Duplex(_toServer.Reader, _toClient.Writer), id: 1, default, default, _stop.Token);
        _serving = _connection.RunAsync();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _toServer.Writer.Complete();
        _serving.Wait();
        _connection.Dispose();
        _state.Dispose();
        _store.Dispose();
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public long GetHit()
    {
        long bytes = 0;
        for (int sent = 0; sent < Requests; sent += Depth)
        {
            for (int i = 0; i < Depth; i++)
            {
                "get k000000000000001\r\n"u8.CopyTo(_toServer.Writer.GetSpan(64));
                _toServer.Writer.Advance(22);
            }

            // Everything is inline: when the flush returns, the session has answered.
            ValueTask<FlushResult> flush = _toServer.Writer.FlushAsync();
            _ = flush.IsCompletedSuccessfully ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
            while (_toClient.Reader.TryRead(out ReadResult reply))
            {
                bytes += reply.Buffer.Length;
                _toClient.Reader.AdvanceTo(reply.Buffer.End);
            }
        }

        return bytes;
    }

    private sealed class Duplex(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
