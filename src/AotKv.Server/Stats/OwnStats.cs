using System.Globalization;
using System.Runtime.InteropServices;
using AotKv.Engine;
using AotKv.Engine.Measure;
using AotKv.Server.Observe;

namespace AotKv.Server.Stats;

/// <summary><c>stats aotkv</c>: what memcached has no name for.</summary>
internal static class OwnStats
{
    public static void Write(ServerState state, StatsWriter stats)
    {
        long[] counts = state.Counters.Sum();
        StoreStatistics store = state.Store.Statistics();
        stats.Line("aotkv_version"u8, ServerVersion.Own);
        stats.Line("framework"u8, RuntimeInformation.FrameworkDescription);
        stats.Line("runtime_identifier"u8, RuntimeInformation.RuntimeIdentifier);
        stats.Line("transport"u8, state.Transport.Name);
        stats.Line("loops"u8, state.Transport.Loops);
        stats.Line("receives"u8, counts[(int)Counter.Receives]);
        stats.Line("sends"u8, counts[(int)Counter.Sends]);
        stats.Line("buffer_bytes"u8, state.Buffers.UsedBytes);
        stats.Line("buffer_limit_bytes"u8, state.Buffers.LimitBytes);
        stats.Line("managed_heap_bytes"u8, GC.GetTotalMemory(forceFullCollection: false));
        stats.Line("collections"u8, GC.CollectionCount(0));
        stats.Line("items"u8, store.Items);
        stats.Line("item_bytes"u8, store.ItemBytes);
        stats.Line("index_bytes"u8, store.IndexBytes);
        stats.Line("index_slots"u8, store.IndexSlots);
        stats.Line("segment_bytes"u8, store.SegmentBytes);
        stats.Line("dead_bytes"u8, store.DeadBytes);
        stats.Line("relocated_bytes"u8, store.RelocatedBytes);
        stats.Line("data_directory"u8, state.StoreOptions.DataDirectory ?? "none");
        stats.Line("fsync"u8, state.StoreOptions.SyncMode switch
        {
            SyncMode.Always => "always",
            SyncMode.Never => "never",
            _ => state.StoreOptions.SyncIntervalMilliseconds.ToString(CultureInfo.InvariantCulture),
        });
        stats.Line("last_revision"u8, (long)state.Store.LastRevision);
        stats.Line("durable_revision"u8, (long)state.Store.DurableRevision);
        stats.Line("syncs"u8, state.Store.Syncs);
        stats.Line("log_failure"u8, state.Store.Failure ?? "none");
        if (state.Turns is { } turns)
        {
            WriteTurns(turns, stats);
        }
    }

    /// <summary>What is there only when loops are measured: how many batches were answered within which time, by buckets of the histogram.</summary>
    private static void WriteTurns(TurnMeters turns, StatsWriter stats)
    {
        long[] counts = new long[TimeHistogram.BucketCount];
        long sum = 0;
        turns.AddTo(counts, ref sum);
        stats.Line("batch_times"u8, string.Join(',', counts));
        stats.Line("loop_busy_us"u8, turns.Loops.Sum(loop => loop.BusyNanoseconds) / 1000);
    }
}
