using System.Globalization;
using AotKv.Engine;

namespace AotKv.Server.Stats;

/// <summary>
/// memcached's slab classes. There are none in this engine; tools that show memcached's memory by class get the items sorted into the classes
/// that memcached would have put them in, with the sizes it would have had (rules: slabs_init and item_make_header of memcached 1.6.45).
/// </summary>
internal sealed class SlabClasses
{
    /// <summary>Class ids are below this; 0 is no class.</summary>
    public const int Limit = 64;

    /// <summary>Bytes of memcached's slab pages.</summary>
    public const int PageBytes = 1 << 20;

    private const int ItemHeaderBytes = 48;
    private const int CasBytes = 8;
    private const int FlagsBytes = 4;
    private const int TerminatorBytes = 3; // of the key, and CR LF of the value
    private const int Alignment = 8;

    private readonly List<int> _chunkBytes = [0];
    private readonly int _fixedBytes;

    /// <summary>Lays the classes out.</summary>
    /// <param name="tuning">Factor, smallest and largest chunk, or a list of sizes.</param>
    /// <param name="hasCas">Items have CAS ids.</param>
    public SlabClasses(MemcachedTuning tuning, bool hasCas)
    {
        _fixedBytes = ItemHeaderBytes + TerminatorBytes + (hasCas ? CasBytes : 0);
        if (tuning.SlabSizes is { } sizes)
        {
            foreach (string size in sizes.Split('-').Take(Limit - 2))
            {
                _chunkBytes.Add(Align(int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture)));
            }
        }
        else
        {
            int size = ItemHeaderBytes + tuning.ChunkSizeBytes;
            while (_chunkBytes.Count < Limit - 1 && size < tuning.SlabChunkMaxBytes / tuning.GrowthFactor)
            {
                size = Align(size);
                _chunkBytes.Add(size);
                size = (int)(size * tuning.GrowthFactor);
            }
        }

        _chunkBytes.Add(tuning.SlabChunkMaxBytes);
    }

    /// <summary>The highest class id.</summary>
    public int Last => _chunkBytes.Count - 1;

    /// <summary>Bytes of a chunk of a class.</summary>
    public int ChunkBytes(int id) => _chunkBytes[id];

    /// <summary>Chunks of a class that fit a page, at least 1.</summary>
    public int ChunksPerPage(int id) => Math.Max(1, PageBytes / _chunkBytes[id]);

    /// <summary>Bytes memcached would take for an item.</summary>
    public long ItemBytes(int keyLength, long valueLength, uint clientFlags) =>
        _fixedBytes + keyLength + valueLength + (clientFlags != 0 ? FlagsBytes : 0);

    /// <summary>Bytes memcached would take for an item.</summary>
    public long ItemBytes(in Item item) => ItemBytes(item.Key.Length, item.Value.Length, item.ClientFlags);

    /// <summary>The class of an item of so many bytes; what is larger than the last class is cut into chunks of it.</summary>
    public int ClassOf(long itemBytes)
    {
        int low = 1;
        int high = Last;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_chunkBytes[middle] < itemBytes)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The class of an item.</summary>
    public int ClassOf(in Item item) => ClassOf(ItemBytes(item));

    private static int Align(int size) => (size + Alignment - 1) / Alignment * Alignment;
}
