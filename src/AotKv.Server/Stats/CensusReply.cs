using System.Diagnostics;
using AotKv.Engine;
using AotKv.Server.Sessions;

namespace AotKv.Server.Stats;

/// <summary>Statistics by slab class: counts the items first, in steps, unless that was done a moment ago.</summary>
internal sealed class CensusReply : LongReply
{
    private readonly ServerState _state;
    private readonly Action<ServerState, Census, StatsWriter> _write;
    private readonly Census _census;
    private ScanPosition _position;
    private long _workTicks;

    /// <param name="state">Whose items.</param>
    /// <param name="write">Writes the lines when everything is counted.</param>
    public CensusReply(ServerState state, Action<ServerState, Census, StatsWriter> write)
    {
        _state = state;
        _write = write;
        _census = new(state.Classes);
    }

    protected override bool Work()
    {
        if (_state.Census.Fresh is { } fresh)
        {
            return Finish(fresh);
        }

        long started = Stopwatch.GetTimestamp();
        Counter counter = new(_state.Store, _census);
        bool goesOn = true;
        for (int i = 0; goesOn && i < ServerLimits.ScansPerStep; i++)
        {
            goesOn = _state.Store.Scan(ref _position, _state.Store.DefaultNamespace, ref counter);
        }

        _workTicks += Stopwatch.GetTimestamp() - started;
        if (goesOn)
        {
            return true;
        }

        _state.Census.Keep(_census, _workTicks);
        return Finish(_census);
    }

    private bool Finish(Census census)
    {
        StatsWriter stats = new(Text);
        _write(_state, census, stats);
        stats.End();
        return false;
    }

    private readonly struct Counter(Store store, Census census) : IItemReader
    {
        public void Read(in Item item) => census.Count(item, store.LastAccessSeconds(item));
    }
}
