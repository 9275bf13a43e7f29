using AotKv.Engine.Log.Devices;

namespace AotKv.Engine.Tests.Durability;

/// <summary>
/// A disk in memory whose power can be cut: it knows for every page and every name what was promised to be durable. Files outlive the
/// devices that open them, as the page cache outlives a process.
/// </summary>
internal sealed class SimulatedDisk : IDisposable
{
    private readonly Dictionary<string, SimulatedFile> _files = [];
    private readonly Dictionary<string, SimulatedFile> _durableNames = [];
    private readonly HashSet<string> _replaced = []; // names that a rename has given to another file: they are never without one
    private readonly Lock _gate = new();
    private int _calls;

    /// <summary>Asked before every call, and after syncs; the answer is the call's outcome. May cut the power.</summary>
    public Func<DiskCall, string, DeviceStatus>? Fault { get; set; }

    /// <summary>Bytes there is room for.</summary>
    public long CapacityBytes { get; set; } = long.MaxValue;

    /// <summary>Calls so far.</summary>
    public int Calls => Volatile.Read(ref _calls);

    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_gate)
            {
                return [.. _files.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The names of segment files.</summary>
    public IReadOnlyList<string> Segments => [.. Names.Where(name => name.EndsWith(".seg", StringComparison.Ordinal))];

    public SimulatedFile this[string name]
    {
        get
        {
            lock (_gate)
            {
                return _files[name];
            }
        }
    }

    /// <summary>A device for one life of a store.</summary>
    public SimulatedDevice Attach() => new(this);

    /// <summary>What is on the platters after a power cut at this moment.</summary>
    public SimulatedDisk Cut(Random random, CutKind kind)
    {
        var left = new SimulatedDisk { CapacityBytes = CapacityBytes };
        lock (_gate)
        {
            foreach (string name in _files.Keys.Union(_durableNames.Keys).Order(StringComparer.Ordinal))
            {
                SimulatedFile? file = Survivor(random, kind, name)?.AfterCut(random, kind);
                if (file != null)
                {
                    left._files[name] = file;
                    left._durableNames[name] = file;
                }
            }
        }

        return left;
    }

    /// <summary>The system writes some pages, and sometimes names, on its own account.</summary>
    public void WriteBack(Random random, int oneIn)
    {
        lock (_gate)
        {
            foreach (SimulatedFile file in _files.Values)
            {
                file.WriteBack(random, oneIn);
            }
        }
    }

    /// <summary>Adds a file, as somebody who copies one in would.</summary>
    public void Put(string name, byte[] bytes)
    {
        lock (_gate)
        {
            Remove(name);
            var file = new SimulatedFile(name, bytes.Length);
            bytes.CopyTo(file.Live);
            file.Sync();
            _files[name] = file;
            _durableNames[name] = file;
        }
    }

    /// <summary>Takes a file away.</summary>
    public void Remove(string name)
    {
        lock (_gate)
        {
            if (_files.Remove(name, out SimulatedFile? file))
            {
                file.Release();
            }

            _ = _durableNames.Remove(name);
        }
    }

    /// <summary>A copy of the disk as programs see it.</summary>
    public SimulatedDisk Copy()
    {
        var copy = new SimulatedDisk();
        foreach (string name in Names)
        {
            copy.Put(name, this[name].Live.ToArray());
        }

        return copy;
    }

    public DeviceStatus Ask(DiskCall call, string name)
    {
        Interlocked.Increment(ref _calls);
        return Fault?.Invoke(call, name) ?? DeviceStatus.Ok;
    }

    public DeviceStatus Create(string name, long bytes, out SimulatedFile? file)
    {
        file = null;
        DeviceStatus status = Ask(DiskCall.Create, name);
        if (status != DeviceStatus.Ok)
        {
            return status;
        }

        lock (_gate)
        {
            if (_files.Values.Sum(present => present.Bytes) + bytes > CapacityBytes)
            {
                return DeviceStatus.Full;
            }

            file = new SimulatedFile(name, bytes);
            return _files.TryAdd(name, file) ? DeviceStatus.Ok : DeviceStatus.Failed;
        }
    }

    public DeviceStatus Open(string name, out SimulatedFile? file)
    {
        file = null;
        DeviceStatus status = Ask(DiskCall.Open, name);
        lock (_gate)
        {
            return status != DeviceStatus.Ok ? status : _files.TryGetValue(name, out file) ? DeviceStatus.Ok : DeviceStatus.Failed;
        }
    }

    public bool Sync(SimulatedFile file, long bytes)
    {
        if (Ask(DiskCall.SyncBegins, file.Name) != DeviceStatus.Ok)
        {
            return false;
        }

        lock (_gate)
        {
            file.Sync(bytes);
        }

        return Ask(DiskCall.SyncEnds, file.Name) == DeviceStatus.Ok;
    }

    public bool SyncNames()
    {
        if (Ask(DiskCall.SyncNamesBegins, "") != DeviceStatus.Ok)
        {
            return false;
        }

        lock (_gate)
        {
            _durableNames.Clear();
            foreach ((string name, SimulatedFile file) in _files)
            {
                _durableNames[name] = file;
            }
        }

        return Ask(DiskCall.SyncNamesEnds, "") == DeviceStatus.Ok;
    }

    public bool Rename(string from, string to)
    {
        if (Ask(DiskCall.Rename, from) != DeviceStatus.Ok)
        {
            return false;
        }

        lock (_gate)
        {
            bool found = _files.Remove(from, out SimulatedFile? file);
            if (found)
            {
                _ = _replaced.Add(to);
                _files[to] = file!;
            }

            return found;
        }
    }

    public void Delete(SimulatedFile file)
    {
        _ = Ask(DiskCall.Delete, file.Name);
        lock (_gate)
        {
            if (_files.GetValueOrDefault(file.Name) == file)
            {
                _ = _files.Remove(file.Name);
            }

            // The name may come back after a power cut; what was never written to the platter does not.
            file.Release();
        }
    }

    public void Dispose()
    {
        foreach (SimulatedFile file in _files.Values)
        {
            file.Release();
        }
    }

    /// <summary>Which file a name means after a cut: the one it durably meant, the one it means now, or none between the two.</summary>
    private SimulatedFile? Survivor(Random random, CutKind kind, string name)
    {
        SimulatedFile? live = _files.GetValueOrDefault(name);
        SimulatedFile? durable = _durableNames.GetValueOrDefault(name);
        if (live == durable)
        {
            return live;
        }

        int fate = kind switch
        {
            CutKind.AllOld => 0,
            CutKind.AllNew or CutKind.LastPageTorn => 1,
            _ => random.Next(_replaced.Contains(name) ? 2 : 3),
        };
        return fate switch
        {
            0 => durable,
            1 => live,
            _ => live == null ? durable : null,
        };
    }
}
