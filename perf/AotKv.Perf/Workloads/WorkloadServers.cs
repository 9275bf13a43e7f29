using AotKv.Perf.Net;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Workloads;

/// <summary>The servers of a workload, one of which may be killed and started again while it runs.</summary>
internal sealed class WorkloadServers : IDisposable
{
    private readonly Workload _workload;
    private readonly ServerSpec _spec;
    private readonly ServerSettings _settings;
    private readonly ServerProcess[] _processes;
    private readonly CancellationTokenSource _end = new();
    private Task _loss = Task.CompletedTask;

    /// <summary>Starts them.</summary>
    public WorkloadServers(Workload workload, ServerSpec spec)
    {
        _workload = workload;
        _spec = spec;
        _settings = new ServerSettings(workload.MemoryMegabytes, UnixSocket: false, workload.Scenario);
        _processes = new ServerProcess[workload.Nodes];
        for (int i = 0; i < _processes.Length; i++)
        {
            _processes[i] = ServerProcess.Start(spec, _settings, core: -1);
        }
    }

    /// <summary>Where they listen.</summary>
    public IReadOnlyList<Target> Targets => Array.ConvertAll(_processes, process => process.Target);

    /// <summary>From now on the time runs after which the workload loses a node and gets it back.</summary>
    public void Begin(TimeSpan duration)
    {
        if (_workload.LosesNode)
        {
            _loss = LoseAsync(duration / 3);
        }
    }

    public void Dispose()
    {
        _end.Cancel();
        _loss.Wait();
        _end.Dispose();
        foreach (ServerProcess process in _processes)
        {
            process.Dispose();
        }
    }

    private async Task LoseAsync(TimeSpan third)
    {
        try
        {
            await Task.Delay(third, _end.Token).ConfigureAwait(false);
            Target target = _processes[^1].Target;
            _processes[^1].Dispose();
            await Task.Delay(third, _end.Token).ConfigureAwait(false);
            _processes[^1] = ServerProcess.Start(_spec, _settings, core: -1, target);
        }
        catch (OperationCanceledException)
        {
            // It is over before it came to that.
        }
    }
}
