using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Driver;

/// <summary>One run: populate, connect, warm up, measure, stop.</summary>
public static class LoadRun
{
    /// <summary>Runs to the end.</summary>
    /// <param name="options">What, against whom, how.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="ReplyException">The server answered something that is no reply, or closed a connection.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The server cannot be reached.</exception>
    public static LoadResult Execute(LoadOptions options)
    {
        WireProtocol protocol = WireProtocol.Find(options.Protocol)
            ?? throw new ArgumentException($"unknown protocol '{options.Protocol}'", nameof(options));
        var writer = new TapeWriter(options.Scenario, protocol.Encoder);
        if (options.Populate)
        {
            protocol.Populate(options, writer);
        }

        using Tape tape = writer.Write(options.Seed);
        var run = new RunState { Phase = options.WarmUpSeconds > 0 ? Phase.WarmUp : Phase.Measure };
        var workers = new LoadWorker[Math.Min(options.Threads, options.Connections)];
        var threads = new Thread[workers.Length];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = protocol.CreateWorker(options with { Threads = workers.Length }, run, tape, i);
            workers[i].Connect();
        }

        // Nothing is allocated from here on, so the collector stays out of the way.
        GC.Collect();
        Sample start = Sample.Take(workers, options.ServerProcess);
        for (int i = 0; i < workers.Length; i++)
        {
            threads[i] = Start(workers[i], options.Cores.Count == 0 ? -1 : options.Cores[i % options.Cores.Count]);
        }

        if (options.WarmUpSeconds > 0)
        {
            WaitUntil(options.WarmUpSeconds, run, threads);
            start = Sample.Take(workers, options.ServerProcess);
            run.Advance(Phase.Measure);
        }

        WaitUntil(options.Seconds, run, threads);
        Sample end = Sample.Take(workers, options.ServerProcess);
        long resident = OperatingSystem.IsLinux() && options.ServerProcess > 0 ? ProcessMeter.ResidentBytes(options.ServerProcess) : 0;
        run.Advance(Phase.Stop);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return run.Failure is null ? Result(workers, start, end, resident) : throw run.Failure;
    }

    private static Thread Start(LoadWorker worker, int core)
    {
        var thread = new Thread(() =>
        {
            if (core >= 0 && OperatingSystem.IsLinux())
            {
                Affinity.BindThread(core);
            }

            worker.Run();
        })
        {
            IsBackground = true,
            Name = "load",
        };
        thread.Start();
        return thread;
    }

    /// <summary>Waits for a time to pass, or for all threads to end before.</summary>
    private static void WaitUntil(double seconds, RunState run, Thread[] threads)
    {
        long end = Nanoseconds.Now() + (long)(seconds * 1e9);
        long left;
        while (run.Phase != Phase.Stop && Array.Exists(threads, thread => thread.IsAlive) && (left = end - Nanoseconds.Now()) > 0)
        {
            Thread.Sleep((int)Math.Clamp(left / 1_000_000, 1, 20));
        }
    }

    private static LoadResult Result(LoadWorker[] workers, in Sample start, in Sample end, long resident)
    {
        var tally = new Tally();
        var latency = new LatencyHistogram();
        var lag = new LatencyHistogram();
        foreach (LoadWorker worker in workers)
        {
            tally.Add(worker.Measured);
            latency.Merge(worker.Latency);
            lag.Merge(worker.SendLag);
        }

        long client = end.ClientCpu - start.ClientCpu;
        long server = end.ServerCpu - start.ServerCpu;
        return new LoadResult
        {
            Seconds = (end.At - start.At) / 1e9,
            Requests = end.Requests - start.Requests,
            Tally = tally,
            Latency = latency,
            SendLag = lag,
            ClientCpuNanoseconds = client,
            ClientIdleNanoseconds = end.ClientIdle - start.ClientIdle,
            ServerCpuNanoseconds = server,
            OtherCpuNanoseconds = Math.Max(0, end.MachineBusy - start.MachineBusy - client - server),
            ServerUserShare = Share(end.ServerTicks.User - start.ServerTicks.User, end.ServerTicks.System - start.ServerTicks.System),
            ServerResidentBytes = resident,
        };
    }

    private static double Share(long part, long rest) => part + rest == 0 ? 0 : (double)part / (part + rest);

    /// <summary>Counters of both sides at one moment.</summary>
    private readonly record struct Sample(
        long At, long Requests, long ClientCpu, long ClientIdle, long ServerCpu, long MachineBusy, (long User, long System) ServerTicks)
    {
        public static Sample Take(LoadWorker[] workers, int serverProcess)
        {
            bool linux = OperatingSystem.IsLinux();
            long busy = linux ? ProcessMeter.MachineBusyNanoseconds() : 0;
            long client = linux ? ProcessMeter.CpuNanoseconds(Environment.ProcessId) : 0;
            long requests = 0;
            long idle = 0;
            foreach (LoadWorker worker in workers)
            {
                requests += Volatile.Read(ref worker.Tally.Requests);
                idle += Volatile.Read(ref worker.IdleNanoseconds);
            }

            long server = linux && serverProcess > 0 ? ProcessMeter.CpuNanoseconds(serverProcess) : 0;
            long now = Nanoseconds.Now();
            (long User, long System) ticks = linux && serverProcess > 0 ? ProcessMeter.Ticks(serverProcess) : default;
            return new Sample(now, requests, client, idle, server, busy, ticks);
        }
    }
}
