// Relies on: memory handed out stays in place until it is taken back.
using AotKv.Engine.Log.Devices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>Where the bytes of segments are: anonymous memory, or files.</summary>
internal abstract unsafe class SegmentBacking : IDisposable
{
    /// <summary>Segments outlive the process.</summary>
    public abstract bool IsDurable { get; }

    /// <summary>Gets zeroed bytes for a segment.</summary>
    /// <param name="id">The segment's id.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="memory">Where they are.</param>
    public abstract DeviceStatus Allocate(int id, long bytes, out byte* memory);

    /// <summary>Gives a segment's bytes back.</summary>
    public abstract void Free(int id, byte* memory, long bytes);

    /// <summary>Makes what was written into a segment durable.</summary>
    public abstract bool Sync(int id);

    /// <summary>Makes what was written into the first bytes of a segment durable.</summary>
    /// <param name="id">The segment's id.</param>
    /// <param name="bytes">How many, the header among them.</param>
    public abstract bool Sync(int id, long bytes);

    /// <summary>Makes a segment that nobody writes into ready for stores, so that they do not wait for the system.</summary>
    /// <param name="id">The segment's id.</param>
    public abstract void FaultIn(int id);

    /// <summary>Makes the existence of segments durable, if there are new ones.</summary>
    public abstract bool SyncNames();

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Segments in anonymous memory.</summary>
internal sealed unsafe class AnonymousBacking : SegmentBacking
{
    private readonly bool _largePages;

    public AnonymousBacking(bool largePages) => _largePages = largePages;

    public override bool IsDurable => false;

    public override DeviceStatus Allocate(int id, long bytes, out byte* memory)
    {
        memory = NativePages.Map(bytes);
        if (memory != null && _largePages)
        {
            NativePages.PreferLarge(memory, bytes);
        }

        return memory != null ? DeviceStatus.Ok : DeviceStatus.Full;
    }

    public override void Free(int id, byte* memory, long bytes) => NativePages.Unmap(memory, bytes);

    public override bool Sync(int id) => true;

    public override bool Sync(int id, long bytes) => true;

    /// <summary>Anonymous pages are faulted in by whoever knows where they are.</summary>
    public override void FaultIn(int id)
    {
    }

    public override bool SyncNames() => true;

    public override void Dispose()
    {
    }
}

/// <summary>Segments in files of a device, one each, named by id.</summary>
internal sealed unsafe class FileBacking : SegmentBacking
{
    /// <summary>The ending of segment files.</summary>
    public const string Ending = ".seg";

    private readonly DeviceBlock?[] _blocks;
    private readonly FileSet _set; // naming lock
    private readonly bool[] _isNoted; // naming lock for writing; listed, or about to be
    private readonly List<int> _unlisted = []; // naming lock; their headers are durable
    private readonly Lock _naming = new();
    private bool _hasNewNames; // naming lock
    private bool _hasFailed; // naming lock

    public FileBacking(LogDevice device, FileSet set, int maxSegments)
    {
        Device = device;
        _set = set;
        _blocks = new DeviceBlock?[maxSegments];
        _isNoted = new bool[maxSegments];
    }

    public override bool IsDurable => true;

    public LogDevice Device { get; }

    /// <summary>The name of a segment's file.</summary>
    public static string NameOf(int id) => id.ToString("x8", System.Globalization.CultureInfo.InvariantCulture) + Ending;

    /// <summary>Takes over a file that recovery has mapped.</summary>
    public void Adopt(int id, DeviceBlock block)
    {
        _blocks[id] = block;
        _isNoted[id] = _set.Has(id);
    }

    /// <summary>Whether the segment's file is listed as one that must be there, or will be with the next sync of names.</summary>
    public bool IsNoted(int id) => Volatile.Read(ref _isNoted[id]);

    public override DeviceStatus Allocate(int id, long bytes, out byte* memory)
    {
        memory = null;
        DeviceStatus status = Device.Create(NameOf(id), bytes, out DeviceBlock? block);
        if (block != null)
        {
            _blocks[id] = block;
            memory = block.Start;
            lock (_naming)
            {
                _hasNewNames = true;
            }
        }

        return status;
    }

    /// <summary>A file goes after the list says, durably, that it need not be there. When that fails it stays.</summary>
    public override void Free(int id, byte* memory, long bytes)
    {
        bool mayGo;
        lock (_naming)
        {
            _ = _unlisted.Remove(id);
            _isNoted[id] = false;
            if (_set.Has(id))
            {
                _set.Set(id, isThere: false);
                _hasFailed |= !_set.Sync();
            }

            mayGo = !_hasFailed;
        }

        DeviceBlock block = _blocks[id]!;
        _blocks[id] = null;
        if (mayGo)
        {
            Device.Delete(block);
        }
        else
        {
            Device.Close(block);
        }
    }

    public override void FaultIn(int id) => Device.FaultIn(_blocks[id]!);

    public override bool Sync(int id) => Sync(id, _blocks[id]!.Bytes);

    public override bool Sync(int id, long bytes)
    {
        bool synced = Device.Sync(_blocks[id]!, bytes);
        if (synced && !IsNoted(id))
        {
            Note(id);
        }

        return synced;
    }

    /// <summary>
    /// Makes names durable, and then the list of those that must be there. Whoever comes while another syncs waits for it: otherwise he
    /// would rely on names that are not durable yet.
    /// </summary>
    public override bool SyncNames()
    {
        lock (_naming)
        {
            _hasFailed |= _hasNewNames && !Device.SyncNames();
            _hasNewNames = false;
            foreach (int id in _unlisted)
            {
                _set.Set(id, isThere: true);
            }

            _unlisted.Clear();
            _hasFailed |= !_hasFailed && _set.IsDirty && !_set.Sync();
            return !_hasFailed;
        }
    }

    /// <summary>Makes the names durable that an earlier process has made.</summary>
    public bool SyncNamesAnyway()
    {
        lock (_naming)
        {
            _hasNewNames = true;
        }

        return SyncNames();
    }

    public override void Dispose()
    {
        foreach (DeviceBlock? block in _blocks)
        {
            if (block != null)
            {
                Device.Close(block);
            }
        }

        _set.Dispose();
        Device.Dispose();
    }

    /// <summary>A segment's header is durable: from the next sync of names on its file must be there.</summary>
    private void Note(int id)
    {
        lock (_naming)
        {
            if (!_isNoted[id])
            {
                Volatile.Write(ref _isNoted[id], true);
                _unlisted.Add(id);
            }
        }
    }
}
