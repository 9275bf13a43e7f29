using System.Globalization;
using System.Text;
using AotKv.Engine;
using AotKv.Server.Sessions;

namespace AotKv.Server.Stats;

/// <summary><c>stats sizes</c>: how many items there are of each size, by memcached's count of bytes, in steps of 32.</summary>
internal sealed class SizesReply : LongReply
{
    private const int BucketBytes = 32;
    private const int LinesPerStep = 1024;

    private readonly ServerState _state;
    private readonly long[] _buckets;
    private ScanPosition _position;
    private bool _isCounted;
    private int _next;

    public SizesReply(ServerState state)
    {
        _state = state;
        _buckets = new long[(state.StoreOptions.MaxItemBytes / BucketBytes) + 2];
    }

    protected override bool Work()
    {
        if (!_isCounted)
        {
            Counter counter = new(_state.Classes, _buckets);
            for (int i = 0; !_isCounted && i < ServerLimits.ScansPerStep; i++)
            {
                _isCounted = !_state.Store.Scan(ref _position, _state.Store.DefaultNamespace, ref counter);
            }

            return true;
        }

        StatsWriter stats = new(Text);
        for (int lines = 0; _next < _buckets.Length; _next++)
        {
            if (_buckets[_next] == 0)
            {
                continue;
            }

            if (lines++ == LinesPerStep)
            {
                return true;
            }

            stats.Line(Encoding.ASCII.GetBytes((_next * (long)BucketBytes).ToString(CultureInfo.InvariantCulture)), _buckets[_next]);
        }

        stats.End();
        return false;
    }

    private readonly struct Counter(SlabClasses classes, long[] buckets) : IItemReader
    {
        public void Read(in Item item)
        {
            long bucket = (classes.ItemBytes(item) + BucketBytes - 1) / BucketBytes;
            buckets[Math.Min(bucket, buckets.Length - 1)]++;
        }
    }
}
