using AotKv.Engine;
using AotKv.Micro;
using AotKv.Server;
using AotKv.Server.Sessions;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>The session loop: request bytes to reply bytes over a store, without a socket. Per request; keys in random order.</summary>
public class SessionBenchmarks : IDisposable
{
    private const int Pipeline = 32;
    private const int Requests = 1024;
    private const int KeysOfMany = 128;

    private static readonly byte[] Value = [.. Enumerable.Repeat((byte)'v', 100)];

    private static readonly byte[] NoOpaque = new byte[12];
    private static readonly byte[] NoExtras = new byte[8];

    private readonly byte[] _reply = new byte[64 << 10];
    private Store _store = null!;
    private ServerState _state = null!;
    private SessionHost _host = null!;
    private Session _session = null!;
    private Session _binary = null!;
    private KeySet _keys = null!;
    private RequestList? _requests; // each benchmark has its own process: only its own requests are made

    /// <summary>The working set.</summary>
    [Params(1_000, 1_000_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _keys = new KeySet((Keys + Requests - 1) / Requests * Requests);
        var options = new StoreOptions { MemoryLimitBytes = Math.Max(64L << 20, Keys * 600L), HashSeed = 1 };
        _store = new Store(options);
        _state = new ServerState(new ServerOptions(), options, _store, new ServerLog(Stream.Null));
        _host = new SessionHost(_state, keepBytes: 64 << 10);
        _session = new Session(_host, id: 1);
        _binary = new Session(_host, id: 2);
        for (int i = 0; i < _keys.Count; i++)
        {
            _store.Put(_store.Key(_keys.Stored(i)), new PutRequest { Value = Value });
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _session.Dispose();
        _binary.Dispose();
        _host.Dispose();
        _state.Dispose();
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Requests)]
    public int GetHit() => Run(Get, 1);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int GetMiss() => Run(Miss, 1);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int SetOverwrite() => Run(Set, 1);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int GetHitPipelineOf32() => Run(Get, Pipeline);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int SetOverwritePipelineOf32() => Run(Set, Pipeline);

    /// <summary>Per key.</summary>
    [Benchmark(OperationsPerInvoke = Requests)]
    public int MultiGetOf128PerKey() => Run(MultiGet, KeysOfMany);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int MetaGetHitPipelineOf32() => Run(MetaGet, Pipeline);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int MetaSetPipelineOf32() => Run(MetaSet, Pipeline);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int BinaryGetHitPipelineOf32() => Run(BinaryGet, Pipeline, _binary);

    [Benchmark(OperationsPerInvoke = Requests)]
    public int BinarySetPipelineOf32() => Run(BinarySet, Pipeline, _binary);

    private static int Get(KeySet keys, int index, Span<byte> room) => Join(room, "get "u8, keys.Asked(index), "\r\n"u8);

    private static int Miss(KeySet keys, int index, Span<byte> room) => Join(room, "get "u8, keys.Absent(index), "\r\n"u8);

    private static int Set(KeySet keys, int index, Span<byte> room)
    {
        int line = Join(room, "set "u8, keys.Asked(index), " 0 0 100\r\n"u8);
        return line + Join(room[line..], Value, "\r\n"u8, default);
    }

    private static int MultiGet(KeySet keys, int index, Span<byte> room) => Join(
        room, index % KeysOfMany == 0 ? "get "u8 : " "u8, keys.Asked(index), index % KeysOfMany == KeysOfMany - 1 ? "\r\n"u8 : default);

    private static int Join(Span<byte> room, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third)
    {
        first.CopyTo(room);
        second.CopyTo(room[first.Length..]);
        third.CopyTo(room[(first.Length + second.Length)..]);
        return first.Length + second.Length + third.Length;
    }

    private static int MetaGet(KeySet keys, int index, Span<byte> room) => Join(room, "mg "u8, keys.Asked(index), " k f v\r\n"u8);

    private static int MetaSet(KeySet keys, int index, Span<byte> room)
    {
        int line = Join(room, "ms "u8, keys.Asked(index), " 100\r\n"u8);
        return line + Join(room[line..], Value, "\r\n"u8, default);
    }

    // Magic, opcode (GETK, SET), lengths of key and extras; the length of the body; opaque and CAS id.
    private static int BinaryGet(KeySet keys, int index, Span<byte> room)
    {
        int head = Join(room, [0x80, 0x0c, 0, KeySet.KeyBytes, 0, 0, 0, 0, 0, 0, 0, KeySet.KeyBytes], NoOpaque, default);
        return head + Join(room[head..], keys.Asked(index), default, default);
    }

    private static int BinarySet(KeySet keys, int index, Span<byte> room)
    {
        int head = Join(room, [0x80, 0x01, 0, KeySet.KeyBytes, 8, 0, 0, 0, 0, 0, 0, 8 + KeySet.KeyBytes + 100], NoOpaque, NoExtras);
        return head + Join(room[head..], keys.Asked(index), Value, default);
    }

    private int Run(RequestWriter writer, int keysPerInput) => Run(writer, keysPerInput, _session);

    private int Run(RequestWriter writer, int keysPerInput, Session session)
    {
        RequestList requests = _requests ??= new RequestList(_keys, writer, keysPerInput);
        int written = 0;
        for (int i = 0; i < Requests / keysPerInput; i++)
        {
            ReadOnlySpan<byte> input = requests.Next();
            while (!input.IsEmpty)
            {
                SessionResult result = session.Process(input, _reply, int.MaxValue);
                input = input[result.Consumed..];
                written += result.Written;
            }
        }

        return written;
    }
}
