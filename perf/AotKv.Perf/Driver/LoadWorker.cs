using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Driver;

/// <summary>A thread of the load generator, as the run sees it.</summary>
internal abstract class LoadWorker
{
    /// <summary>What was answered so far, warm-up included. Written by the worker's thread.</summary>
    public Tally Tally { get; } = new();

    /// <summary>What was answered while measuring; complete when the worker has ended.</summary>
    public Tally Measured { get; protected set; } = new();

    /// <summary>Latencies while measuring.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Open loop: how much later than intended requests were handed to the system, while measuring.</summary>
    public LatencyHistogram SendLag { get; } = new();

    /// <summary>Processor time spent looking in vain for replies, since the start. Written by the worker's thread.</summary>
    public long IdleNanoseconds;

    /// <summary>Opens the connections.</summary>
    public abstract void Connect();

    /// <summary>The thread's body.</summary>
    public abstract void Run();
}

/// <summary>A thread of the load generator: an event loop over its share of the connections.</summary>
internal sealed class LoadWorker<TScanner> : LoadWorker
    where TScanner : struct, IReplyScanner
{
    private const int BufferBytes = 256 << 10;
    private const long DrainNanoseconds = 2_000_000_000;

    private readonly LoadOptions _options;
    private readonly RunState _run;
    private readonly Tape _tape;
    private readonly int _index;
    private readonly INetwork _network;
    private readonly Channel<TScanner>[] _channels;
    private readonly long[] _answered;  // per connection, since its start
    private readonly long[] _queued;    // per connection, since its start
    private readonly long[] _sentAt;    // closed loop: Depth per connection, a ring when the window slides, else only the first
    private readonly ArrivalSchedule? _schedule;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Ready[] _ready = new Ready[256];
    private Tally _before = new();
    private Phase _phase;
    private long _quota = long.MaxValue;
    private long _origin;
    private long _nextArrival;
    private long _inFlight;
    private long _idleSince;
    private bool _idle;

    public LoadWorker(LoadOptions options, RunState run, Tape tape, int index)
    {
        _options = options;
        _run = run;
        _tape = tape;
        _index = index;
        _network = INetwork.Create(options.PortableNetwork, options.Secured);
        int connections = (options.Connections / options.Threads) + (index < options.Connections % options.Threads ? 1 : 0);
        _channels = new Channel<TScanner>[connections];
        _answered = new long[connections];
        _queued = new long[connections];
        _sentAt = new long[connections * options.Depth];
        if (options.Rate > 0 && connections > 0)
        {
            _schedule = new ArrivalSchedule(options.Rate * connections / options.Connections, options.Arrival, options.Seed + (ulong)index);
        }
    }

    public override void Connect()
    {
        for (int i = 0; i < _channels.Length; i++)
        {
            // Connections begin at equal distances on the tape, so that they do not ask for the same keys at the same time.
            long number = ((long)i * _options.Threads) + _index;
            int start = (int)(number * _tape.Count / _options.Connections);
            _channels[i] = new Channel<TScanner>(_network, _options.Target.Connect(), _tape, start, _options.Verify);
        }
    }

    public override void Run()
    {
        try
        {
            Loop();
        }
        catch (Exception failure)
        {
            _run.Fail(failure);
        }
        finally
        {
            _network.Dispose();
        }
    }

    private void Loop()
    {
        _origin = Nanoseconds.Now();
        Enter(_run.Phase);
        if (_schedule is null)
        {
            for (int i = 0; i < _channels.Length; i++)
            {
                Refill(i);
            }
        }

        long stopBy = long.MaxValue;
        while (true)
        {
            if (_run.Phase != _phase)
            {
                Enter(_run.Phase);
                stopBy = _phase == Phase.Stop ? Nanoseconds.Now() + DrainNanoseconds : stopBy;
            }

            bool ending = _phase == Phase.Stop || _quota == 0;
            if (ending && (_inFlight == 0 || Nanoseconds.Now() > stopBy))
            {
                break;
            }

            if (_schedule is not null && !ending)
            {
                QueueArrivals(_schedule);
            }

            // An open loop never sleeps: it would wake late, and the lateness would count as the server's.
            bool look = (_schedule is not null || _options.Spin) && !ending;
            int count = _network.Wait(_ready, look ? 0 : 20);
            if (look && count == 0 != _idle)
            {
                TurnIdle();
            }

            for (int i = 0; i < count; i++)
            {
                Serve(_ready[i]);
            }
        }

        if (_phase == Phase.Measure)
        {
            Enter(Phase.Stop);
        }
    }

    /// <summary>
    /// Begins, or ends, a time of looking in vain. It is counted in processor time: when others need the core, looking pauses.
    /// </summary>
    private void TurnIdle()
    {
        long now = OperatingSystem.IsLinux() ? ProcessMeter.ThreadCpuNanoseconds() : Nanoseconds.Now();
        IdleNanoseconds += _idle ? now - _idleSince : 0;
        _idle = !_idle;
        _idleSince = now;
    }

    private void Enter(Phase phase)
    {
        if (phase == Phase.Measure)
        {
            _before = Tally.Copy();
            if (_options.Requests > 0)
            {
                // The requests in flight were sent before the clock ran, but are answered while it runs: they count.
                long share = (_options.Requests / _options.Threads) + (_index < _options.Requests % _options.Threads ? 1 : 0);
                _quota = Math.Max(0, share - _inFlight);
            }
        }
        else if (phase == Phase.Stop && _phase == Phase.Measure)
        {
            Measured = Tally.Copy();
            Measured.Add(_before, -1);
        }

        _phase = phase;
    }

    private void Serve(Ready ready)
    {
        Channel<TScanner> channel = _channels[ready.Id];
        if (ready.Writable)
        {
            channel.Flush();
        }

        bool more = ready.Readable;
        while (more)
        {
            int answered = channel.Receive(_buffer, Tally, out more);
            if (answered > 0)
            {
                _inFlight -= answered;
                if (_phase == Phase.Measure)
                {
                    Record(ready.Id, answered, Nanoseconds.Now());
                }

                _answered[ready.Id] += answered;
            }
        }

        if (_schedule is null && _phase != Phase.Stop)
        {
            Refill(ready.Id);
        }
    }

    private void Record(int id, int answered, long now)
    {
        if (_schedule is not null)
        {
            for (int i = 0; i < answered; i++)
            {
                Latency.Record(now - _origin - _schedule.Due(((_answered[id] + i) * _channels.Length) + id));
            }
        }
        else if (_options.SlidingWindow)
        {
            for (int i = 0; i < answered; i++)
            {
                Latency.Record(now - _sentAt[(id * _options.Depth) + ((_answered[id] + i) % _options.Depth)]);
            }
        }
        else
        {
            Latency.Record(now - _sentAt[id * _options.Depth], answered);
        }
    }

    private void Refill(int id)
    {
        Channel<TScanner> channel = _channels[id];
        int waiting = channel.Waiting;
        if (waiting != 0 && !_options.SlidingWindow)
        {
            return;
        }

        int count = (int)Math.Min(Math.Min(_options.Depth - waiting, _quota), channel.Room);
        if (count <= 0)
        {
            return;
        }

        long now = Nanoseconds.Now();
        if (_options.SlidingWindow)
        {
            for (int i = 0; i < count; i++)
            {
                _sentAt[(id * _options.Depth) + ((_queued[id] + i) % _options.Depth)] = now;
            }
        }
        else
        {
            _sentAt[id * _options.Depth] = now;
        }

        Queue(id, count);
        channel.Flush();
    }

    private void QueueArrivals(ArrivalSchedule schedule)
    {
        // Consecutive arrivals go to consecutive connections; those of one connection that are due together go out together.
        long now = Nanoseconds.Now() - _origin;
        long first = _nextArrival;
        while (_quota > 0 && schedule.Due(_nextArrival) <= now)
        {
            int id = (int)(_nextArrival % _channels.Length);
            if (_channels[id].Room == 0)
            {
                break; // a server that is a whole tape behind: what is due stays due, and its latency counts from then
            }

            if (_phase == Phase.Measure)
            {
                SendLag.Record(now - schedule.Due(_nextArrival));
            }

            Queue(id, 1);
            _nextArrival++;
        }

        int touched = (int)Math.Min(_nextArrival - first, _channels.Length);
        for (int i = 0; i < touched; i++)
        {
            _channels[(int)((first + i) % _channels.Length)].Flush();
        }
    }

    private void Queue(int id, int count)
    {
        _channels[id].Queue(count);
        _queued[id] += count;
        _inFlight += count;
        if (_quota != long.MaxValue)
        {
            _quota -= count;
        }
    }
}
