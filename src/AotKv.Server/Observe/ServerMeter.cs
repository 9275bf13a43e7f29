using System.Diagnostics.Metrics;
using System.Globalization;
using AotKv.Engine.Measure;
using AotKv.Server.Stats;

namespace AotKv.Server.Observe;

/// <summary>
/// The memcached door's instruments. They are asked when somebody collects; in between they cost nothing. The meter's scope is the store,
/// so that a listener can tell servers of one process apart.
/// </summary>
internal sealed class ServerMeter : IDisposable
{
    public const string Name = "AotKv.Server";

    private readonly Meter _meter;
    private readonly ServerState _state;
    private readonly TurnMeters _turns;

    public ServerMeter(ServerState state, TurnMeters turns)
    {
        _state = state;
        _turns = turns;
        _meter = new(new MeterOptions(Name) { Scope = state.Store, Version = ServerVersion.Own });
        AddRequests();
        AddConnections();
        AddTurns();
        Gauge("aotkv.build.info", "{info}", "Always 1; the labels say what runs.",
            () => [new(1, Tag("version", ServerVersion.Own), Tag("transport", state.Transport.Name))]);
    }

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private void AddRequests()
    {
        Count("aotkv.requests", "{request}", "Requests of memcached clients, by command and outcome.", Requests);
        _meter.CreateObservableUpDownCounter("aotkv.hit.ratio", HitRatio, "1", "Share of gets that found something, since the start.");
        Count("aotkv.get.dead", "{request}", "Misses, counted as such too, of items that were there but had expired or been flushed.", () =>
        {
            long[] counts = _state.Counters.Lifetime();
            return [new(counts[(int)Counter.GetExpired], Tag("reason", "expired")), new(counts[(int)Counter.GetFlushed], Tag("reason", "flushed"))];
        });
        Count("aotkv.store.refused", "{request}", "Items that were not stored, by reason.", () =>
        {
            long[] counts = _state.Counters.Lifetime();
            return [new(counts[(int)Counter.StoreTooLarge], Tag("reason", "too_large")), new(counts[(int)Counter.StoreNoMemory], Tag("reason", "no_memory"))];
        });
        Count("aotkv.network.io", "By", "Bytes of memcached clients.", () =>
        {
            long[] counts = _state.Counters.Lifetime();
            return [new(counts[(int)Counter.BytesRead], Tag("direction", "received")), new(counts[(int)Counter.BytesWritten], Tag("direction", "sent"))];
        });
        Count("aotkv.network.calls", "{call}", "Receive calls that delivered bytes, and send calls.", () =>
        {
            long[] counts = _state.Counters.Lifetime();
            return [new(counts[(int)Counter.Receives], Tag("direction", "received")), new(counts[(int)Counter.Sends], Tag("direction", "sent"))];
        });
    }

    private Measurement<double>[] HitRatio()
    {
        long[] counts = _state.Counters.Lifetime();
        long gets = counts[(int)Counter.GetHits] + counts[(int)Counter.GetMisses];
        return gets == 0 ? [] : [new(counts[(int)Counter.GetHits] / (double)gets)];
    }

    private List<Measurement<long>> Requests()
    {
        long[] counts = _state.Counters.Lifetime();
        List<Measurement<long>> requests = [];
        Add("get", "hit", Counter.GetHits);
        Add("get", "miss", Counter.GetMisses);
        Add("set", "any", Counter.CmdSet);
        Add("touch", "hit", Counter.TouchHits);
        Add("touch", "miss", Counter.TouchMisses);
        Add("delete", "hit", Counter.DeleteHits);
        Add("delete", "miss", Counter.DeleteMisses);
        Add("incr", "hit", Counter.IncrHits);
        Add("incr", "miss", Counter.IncrMisses);
        Add("decr", "hit", Counter.DecrHits);
        Add("decr", "miss", Counter.DecrMisses);
        Add("cas", "hit", Counter.CasHits);
        Add("cas", "miss", Counter.CasMisses);
        Add("cas", "changed", Counter.CasBadval);
        Add("flush", "any", Counter.CmdFlush);
        Add("meta", "any", Counter.CmdMeta);
        Add("auth", "any", Counter.AuthCmds);
        Add("auth", "refused", Counter.AuthErrors);
        return requests;

        void Add(string command, string outcome, Counter counter) =>
            requests.Add(new(counts[(int)counter], Tag("command", command), Tag("outcome", outcome)));
    }

    private void AddConnections()
    {
        Gauge("aotkv.connections", "{connection}", "Open connections of memcached clients.", () => [new(_state.Connections.Current)]);
        Gauge("aotkv.connections.limit", "{connection}", "Connections that may be open at once (-c).", () => [new(_state.Options.MaxConnections)]);
        Count("aotkv.connections.accepted", "{connection}", "Connections accepted.", () => [new(_state.Connections.Total)]);
        Count("aotkv.connections.refused", "{connection}", "Connections closed because there were too many, or they were idle.", () =>
        [
            new(_state.Connections.Rejected, Tag("reason", "limit")),
            new(_state.Counters.Lifetime()[(int)Counter.IdleKicks], Tag("reason", "idle")),
        ]);
        Count("aotkv.connections.yields", "{turn}", "Turns that ended because others waited (-R).",
            () => [new(_state.Counters.Lifetime()[(int)Counter.ConnectionYields])]);
        Gauge("aotkv.buffers", "By", "Memory that buffers of connections take.", () => [new(_state.Buffers.UsedBytes)]);
        Gauge("aotkv.buffers.limit", "By", "Memory that buffers of connections may take.", () => [new(_state.Buffers.LimitBytes)]);
        Count("aotkv.buffers.exhausted", "{event}", "Connections closed or replies refused for want of buffer memory.", () =>
        {
            long[] counts = _state.Counters.Lifetime();
            return [new(counts[(int)Counter.ReadBufferExhausted], Tag("kind", "request")), new(counts[(int)Counter.ReplyBufferExhausted], Tag("kind", "reply"))];
        });
    }

    private void AddTurns()
    {
        _meter.CreateObservableCounter("aotkv.loop.busy", () => _turns.Loops.Select(loop => new Measurement<double>(
            loop.BusyNanoseconds / 1e9, Tag("loop", loop.Loop.ToString(CultureInfo.InvariantCulture)))), "s",
            "Time a loop has worked; its rate is the loop's saturation, 1 being full.");
        Gauge("aotkv.loops", "{loop}", "Event loops (-t).", () => [new(_state.Transport.Loops)]);
        const string Help = "From the moment a loop is told of received bytes until the replies are sent; one for each batch of requests.";
        Count("aotkv.batch.duration.bucket", "s", Help, () =>
        {
            long[] counts = new long[TimeHistogram.BucketCount];
            long sum = 0;
            _turns.AddTo(counts, ref sum);
            return Cumulate(counts);
        });
        _meter.CreateObservableCounter("aotkv.batch.duration.sum", () =>
        {
            long[] counts = new long[TimeHistogram.BucketCount];
            long sum = 0;
            _turns.AddTo(counts, ref sum);
            return sum / 1e9;
        }, "s", Help);
    }

    private static IEnumerable<Measurement<long>> Cumulate(long[] counts)
    {
        long below = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            below += counts[i];
            yield return new(below, new KeyValuePair<string, object?>("le", TimeHistogram.BoundSeconds(i)));
        }
    }

    private void Count(string name, string unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableCounter(name, read, unit, help);

    private void Gauge(string name, string unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        _meter.CreateObservableUpDownCounter(name, read, unit, help);
}
