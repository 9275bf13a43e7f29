using AotKv.Engine;
using AotKv.Server.Buffers;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>
/// What one loop lends to its sessions: only one of them runs at a time. The pipelines transport, which has no loops, makes one
/// for each connection.
/// </summary>
internal sealed class SessionHost : IDisposable
{
    public SessionHost(ServerState state, int keepBytes)
    {
        State = state;
        CasMask = state.Options.CasDisabled ? 0 : ulong.MaxValue;
        Store = state.Store;
        Clock = state.Store.Clock;
        Counters = state.Counters.Create();
        Pool = new(state.Buffers, keepBytes);
        Lent = new(state);
        Watch = new(this);
        Commands = new(this);
        Meta = new(this);
        Binary = new(this);
    }

    public ServerState State { get; }

    public Store Store { get; }

    /// <summary>What clients see of CAS ids: all bits, or none where they are turned off.</summary>
    public ulong CasMask { get; }

    public Clock Clock { get; }

    public CounterBlock Counters { get; }

    public BlockPool Pool { get; }

    /// <summary>The value among the replies that is not copied into them.</summary>
    public LentValue Lent { get; }

    public RequestBatch Batch { get; } = new();

    public ClassicCommands Commands { get; }

    /// <summary>Tells watchers what commands do.</summary>
    public CommandWatch Watch { get; }

    /// <summary>The connection whose session runs: for watchers.</summary>
    public int ConnectionId { get; set; }

    public MetaCommands Meta { get; }

    public BinaryCommands Binary { get; }

    /// <summary>
    /// A request since this was last cleared may have written to the store: the reply tells of something that is to be durable. The
    /// session sets it, a transport that holds replies clears it.
    /// </summary>
    public bool HasWritten { get; set; }

    public void Dispose()
    {
        Lent.Dispose();
        Pool.Dispose();
        State.Counters.Retire(Counters);
    }
}
