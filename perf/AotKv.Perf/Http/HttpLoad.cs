using AotKv.Perf.Machine;
using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Http;

/// <summary>
/// A thread that keeps connections busy, each with one request in flight: it sends the next when the answer has come whole and is the
/// right one. It sleeps while there is nothing to read, since it shares the machine with the server.
/// </summary>
internal sealed class HttpLoad : IDisposable
{
    private const int BufferBytes = 64 << 10;
    private const int LongestSleepMilliseconds = 20;

    private readonly INetwork _network = INetwork.Create(portable: false);
    private readonly HttpExchange[] _exchanges;
    private readonly Connection[] _connections;
    private readonly Ready[] _ready = new Ready[64];
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile bool _measuring;
    private Exception? _failure;
    private long _answered;
    private long _left;
    private int _next;

    /// <summary>Opens the connections and begins.</summary>
    /// <param name="target">The HTTP door.</param>
    /// <param name="exchanges">What to ask, in turn.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="nice">Priority of the thread, 0 (ordinary) to 19.</param>
    /// <param name="limit">How many requests at most.</param>
    public HttpLoad(Target target, HttpExchange[] exchanges, int connections, int nice = 0, long limit = long.MaxValue)
    {
        _exchanges = exchanges;
        _left = limit;
        _connections = new Connection[connections];
        for (int i = 0; i < connections; i++)
        {
            _connections[i] = new Connection(_network.Add(target.Connect()));
        }

        _thread = new Thread(() => Run(nice)) { IsBackground = true, Name = "http load" };
        _thread.Start();
    }

    /// <summary>Answers so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Times from sending to the whole answer, of those sent since <see cref="Measure"/>; complete when it has stopped.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Asks every request once, one after the other: stores what is read later.</summary>
    /// <exception cref="ReplyException">A wrong answer.</exception>
    public static void Once(Target target, HttpExchange[] exchanges)
    {
        using HttpLoad load = new(target, exchanges, connections: 1, limit: exchanges.Length);
        load._thread.Join();
        load.Stop();
    }

    /// <summary>From now on times are recorded.</summary>
    public void Measure() => _measuring = true;

    /// <summary>Ends it.</summary>
    /// <exception cref="ReplyException">A wrong answer has come, or a connection was closed.</exception>
    public void Stop()
    {
        _stopping = true;
        _thread.Join();
        if (_failure is { } failure)
        {
            throw failure;
        }
    }

    /// <summary>Ends it, whatever has come.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _network.Dispose();
    }

    private void Run(int nice)
    {
        try
        {
            if (nice != 0 && OperatingSystem.IsLinux())
            {
                Priority.SetThread(nice);
            }

            foreach (Connection connection in _connections)
            {
                Send(connection);
            }

            while (!_stopping && IsBusy())
            {
                int count = _network.Wait(_ready, LongestSleepMilliseconds);
                for (int i = 0; i < count; i++)
                {
                    Serve(_connections[_ready[i].Id]);
                }
            }
        }
        catch (Exception failure)
        {
            _failure = failure;
        }
    }

    /// <summary>Whether an answer may still come. Without a limit one always may, so that nothing is looked at for each turn.</summary>
    private bool IsBusy() => _left > 0 || Array.Exists(_connections, connection => connection.Expected != null);

    private void Send(Connection connection)
    {
        connection.Expected = null;
        if (_left == 0)
        {
            return;
        }

        _left--;
        HttpExchange exchange = _exchanges[_next];
        _next = _next + 1 == _exchanges.Length ? 0 : _next + 1;
        connection.Expected = exchange;
        connection.SentAt = _measuring ? Nanoseconds.Now() : 0;
        if (_network.Send(connection.Id, exchange.Request) != exchange.Request.Length)
        {
            throw new ReplyException("the server closed a connection, or does not read a request as long as this", default);
        }
    }

    private void Serve(Connection connection)
    {
        int received = _network.Receive(connection.Id, connection.Buffer.AsSpan(connection.Filled));
        if (received == INetwork.WouldBlock)
        {
            return;
        }

        if (received == 0)
        {
            throw new ReplyException("the server closed a connection on which a request was waiting", connection.Buffer.AsSpan(0, connection.Filled));
        }

        connection.Filled += received;
        int length = HttpReply.Check(connection.Buffer.AsSpan(0, connection.Filled), connection.Expected!);
        if (length == 0)
        {
            return;
        }

        if (length != connection.Filled)
        {
            throw new ReplyException("more than one answer", connection.Buffer.AsSpan(length, connection.Filled - length));
        }

        connection.Filled = 0;
        Volatile.Write(ref _answered, _answered + 1);
        if (connection.SentAt != 0)
        {
            Latency.Record(Nanoseconds.Now() - connection.SentAt);
        }

        Send(connection);
    }

    private sealed class Connection(int id)
    {
        public int Id { get; } = id;

        public byte[] Buffer { get; } = new byte[BufferBytes];

        public HttpExchange? Expected { get; set; }

        public int Filled { get; set; }

        public long SentAt { get; set; }
    }
}
