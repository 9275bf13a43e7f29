using System.Net.Sockets;
using AotKv.Perf.Measure;
using AotKv.Perf.Scenarios;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Workloads;

/// <summary>What became of a step.</summary>
/// <param name="Bytes">Bytes received.</param>
/// <param name="Hits">Keys read and found.</param>
/// <param name="Misses">Keys read and not found.</param>
/// <param name="Failure">Why it failed; null when it did not.</param>
public readonly record struct StepOutcome(long Bytes, long Hits, long Misses, string? Failure);

/// <summary>
/// One user of a workload: draws steps, sends each as a request, and checks every key, flag and byte of the reply. Not thread-safe.
/// </summary>
public sealed class WorkloadUser : IDisposable
{
    private readonly Workload _workload;
    private readonly NodeSet _nodes;
    private readonly SplitMix _random;
    private readonly KeySampler _sampler;
    private readonly TapeWriter _writer;
    private readonly Tape _tape;
    private readonly Socket?[] _sockets;
    private readonly byte[] _output;
    private readonly byte[] _input = new byte[64 << 10];
    private readonly uint _totalWeight;
    private int _requestsOnConnection;

    /// <summary>A user who has not connected yet.</summary>
    /// <param name="workload">What to do.</param>
    /// <param name="nodes">With whom.</param>
    /// <param name="seed">The same seed draws the same steps.</param>
    public WorkloadUser(Workload workload, NodeSet nodes, ulong seed)
    {
        _workload = workload;
        _nodes = nodes;
        _random = new SplitMix(seed);
        _sampler = new KeySampler(workload.Scenario.Keys);
        _writer = new TapeWriter(workload.Scenario, new ClassicEncoder());
        _tape = _writer.EmptyForOne();
        _output = new byte[_writer.LargestRequest];
        _sockets = new Socket?[nodes.Count];
        _totalWeight = workload.Scenario.TotalWeight;
    }

    /// <summary>Draws the next step.</summary>
    public Step Draw() => _workload.Scenario.Next(_random, _totalWeight);

    /// <summary>Carries a step out. Failures are outcomes, not exceptions.</summary>
    /// <param name="step">As <see cref="Draw"/> gave it.</param>
    /// <param name="cancellation">Ends the wait for the origin and the server.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<StepOutcome> RunAsync(Step step, CancellationToken cancellation)
    {
        _writer.WriteOne(_tape, step, _random, _sampler);
        uint key = _tape.Key(_tape[0], 0);
        StepOutcome outcome = await SendAsync(key, cancellation).ConfigureAwait(false);
        if (outcome.Misses > 0 && _workload.OriginMilliseconds > 0)
        {
            await Task.Delay(_workload.OriginMilliseconds, cancellation).ConfigureAwait(false);
            _writer.WriteSet(_tape, key, _random);
            StepOutcome stored = await SendAsync(key, cancellation).ConfigureAwait(false);
            return outcome with { Bytes = outcome.Bytes + stored.Bytes, Failure = outcome.Failure ?? stored.Failure };
        }

        return outcome;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose()
    {
        for (int i = 0; i < _sockets.Length; i++)
        {
            Close(i);
        }

        _tape.Dispose();
    }

    /// <summary>Sends the request on the tape to the node of its key, and takes the reply in.</summary>
    private async Task<StepOutcome> SendAsync(uint key, CancellationToken cancellation)
    {
        int node = _nodes.NodeOf(key);
        var tally = new Tally();
        try
        {
            Socket socket = _sockets[node] ??= _nodes[node].Connect();
            int length = CopyRequest();
            for (int sent = 0; sent < length;)
            {
                sent += await socket.SendAsync(_output.AsMemory(sent, length - sent), cancellation).ConfigureAwait(false);
            }

            long received = await ReceiveAsync(socket, tally, cancellation).ConfigureAwait(false);
            if (_workload.RequestsPerConnection > 0 && ++_requestsOnConnection == _workload.RequestsPerConnection)
            {
                _requestsOnConnection = 0;
                Close(node);
            }

            return new StepOutcome(received, tally.Hits, tally.Misses, tally.FirstError);
        }
        catch (Exception failure) when (failure is SocketException or ReplyException)
        {
            Close(node);
            _nodes.MarkDown(node);
            return new StepOutcome(0, 0, 0, failure.Message);
        }
    }

    private async Task<long> ReceiveAsync(Socket socket, Tally tally, CancellationToken cancellation)
    {
        var scanner = default(ClassicScanner);
        var expected = new Expected(_tape, 0, verify: true);
        expected.Queued(1);
        long received = 0;
        int kept = 0;
        while (expected.Waiting > 0)
        {
            int count = await socket.ReceiveAsync(_input.AsMemory(kept), cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                throw new ReplyException("the server closed the connection", default);
            }

            received += count;
            int filled = kept + count;
            int used = scanner.Scan(_input.AsSpan(0, filled), ref expected, tally);
            kept = filled - used;
            _input.AsSpan(used, kept).CopyTo(_input);
        }

        return received;
    }

    private unsafe int CopyRequest()
    {
        int length = (int)_tape.Bytes;
        new ReadOnlySpan<byte>(_tape.At(0), length).CopyTo(_output);
        return length;
    }

    private void Close(int node)
    {
        if (_sockets[node] is { } socket)
        {
            // With a reset: a port that is closed orderly is not free for a minute.
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
            _sockets[node] = null;
        }
    }
}
