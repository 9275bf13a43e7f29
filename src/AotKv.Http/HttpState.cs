using System.Diagnostics.CodeAnalysis;
using AotKv.Engine;
using AotKv.Http.Buffers;
using AotKv.Http.Feed;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http;

/// <summary>What all requests share. The store comes when it has been opened: until then the door says that it is not ready.</summary>
internal sealed class HttpState : IDisposable
{
    [ThreadStatic]
    private static HttpState? Entered;

    private readonly CancellationTokenSource _stopping = new();
    private volatile Opened? _opened;
    private RecoveryProgress? _recovery;

    public HttpState(HttpOptions options, Action<string> log)
    {
        Options = options;
        Log = log;
        Buffers = new(options.Limits.BufferBytes);
        Requests = new(options.Limits.Requests);
        Streams = new(options.Limits.Streams);
    }

    public HttpOptions Options { get; }

    /// <summary>The bound on what bodies and replies hold.</summary>
    public ByteBudget Buffers { get; }

    /// <summary>Requests at work.</summary>
    public RequestGate Requests { get; }

    /// <summary>Readers of the feed.</summary>
    public RequestGate Streams { get; }

    /// <summary>Wakes readers of the feed.</summary>
    public ChangeSignal Changes => _opened?.Changes ?? throw new InvalidOperationException("the store is not open yet");

    /// <summary>What transactions need while they are worked on, kept from one request to the next.</summary>
    public Execute.ExecutePool Executes { get; } = new();

    /// <summary>Tells cursors of this run from those of an earlier one, whose order of keys was another.</summary>
    public uint RunStamp { get; } = (uint)Guid.NewGuid().GetHashCode();

    /// <summary>The last name of the host that was found to be this machine's: most requests come with the same.</summary>
    public string? OwnHost { get; set; }

    /// <summary>Figures of the server. Set before the first request comes.</summary>
    public Metrics.Telemetry Telemetry { get; set; } = null!;

    /// <summary>Lines for the operator.</summary>
    public Action<string> Log { get; }

    /// <summary>Cancelled when the door begins to stop: streams end then.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Whether requests can be served; false during recovery.</summary>
    [MemberNotNullWhen(true, nameof(TryStore))]
    public bool HasStore => _opened != null;

    /// <summary>The store, or null before it is open.</summary>
    public Store? TryStore => _opened?.Store;

    /// <summary>The store. Only for routes that need one: they are not called before it is there.</summary>
    public Store Store => _opened?.Store ?? throw new InvalidOperationException("the store is not open yet");

    /// <summary>Where replies wait for the log.</summary>
    public DurabilityGate Durability => _opened?.Gate ?? throw new InvalidOperationException("the store is not open yet");

    /// <summary>How far recovery has come; null when it has said nothing yet.</summary>
    public RecoveryProgress? Recovery
    {
        get
        {
            lock (_stopping)
            {
                return _recovery;
            }
        }

        set
        {
            lock (_stopping)
            {
                _recovery = value;
            }
        }
    }

    /// <summary>Told of every request that has ended: its call (null when it had no route) and how long it took.</summary>
    public Action<HttpContext, HttpCall?, TimeSpan>? Observed { get; set; }

    public void Observe(HttpContext context, HttpCall? call, TimeSpan elapsed) => Observed?.Invoke(context, call, elapsed);

    /// <summary>Before a thread serves its first request.</summary>
    public void EnterThread()
    {
        if (Entered != this)
        {
            Entered = this;
            Options.EnterThread?.Invoke();
        }
    }

    /// <summary>Goes on in the thread pool, for what may take long: the thread that reads requests serves the others.</summary>
    public async ValueTask LeaveReaderAsync()
    {
        await Task.Yield();
        EnterThread();
    }

    public void Attach(Store store) => _opened = new(store, new DurabilityGate(store), new ChangeSignal(store));

    public void Stop() => _stopping.Cancel();

    /// <summary>Lets the store go: nobody uses it any more.</summary>
    public void Detach() => _opened?.Changes.Dispose();

    public void Dispose() => _stopping.Dispose();

    private sealed record Opened(Store Store, DurabilityGate Gate, ChangeSignal Changes);
}
