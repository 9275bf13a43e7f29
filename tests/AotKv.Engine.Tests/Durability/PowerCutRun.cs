using System.Globalization;
using AotKv.Engine.Log.Devices;
using AotKv.Engine.Namespaces;
using AotKv.Engine.Transactions;

namespace AotKv.Engine.Tests.Durability;

/// <summary>How a run's store is set up.</summary>
internal sealed record PowerCutSetup(bool Evicts, int LargestValue, int Keys);

/// <summary>
/// Random operations on a store over a simulated disk. At random moments, inside of the disk's calls and between operations, the power is
/// cut: a store is opened on what would be left, and must hold the state after some prefix of the operations that contains everything
/// that was promised to be durable. Some cuts, and some kills of the process, end the store's life, and the next goes on from there.
/// </summary>
internal sealed class PowerCutRun : IDisposable
{
    private const int CutsPerLife = 6;
    private static readonly string[] NamespaceNames = ["", "blue", "green"];

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualClock _clock = new();
    private readonly Random _random;
    private readonly PowerCutSetup _setup;
    private readonly int _seed;
    private readonly List<PendingCut> _cuts = [];
    private readonly List<string> _said = [];
    private readonly List<CutOperation> _step = [];
    private readonly CutHistory _history = new(new CutState());
    private SimulatedDisk _disk = new();
    private Store? _store;
    private string? _dump;
    private int _life;
    private int _operations;
    private int _cutEvery = 10;

    public PowerCutRun(int seed, PowerCutSetup setup)
    {
        _seed = seed;
        _setup = setup;
        _random = new Random(seed);
    }

    /// <summary>Cuts so far that were recovered from.</summary>
    public int Cuts { get; private set; }

    /// <summary>Runs until so many cuts were recovered from.</summary>
    public void Run(int cuts)
    {
        while (Cuts < cuts)
        {
            Live();
        }
    }

    public void Dispose()
    {
        _disk.Fault = null;
        _store?.Dispose();
        _disk.Dispose();
        _directory.Dispose();
    }

    private string Where => $"seed {_seed} life {_life} operation {_operations} cut {Cuts}";

    private StoreOptions Options => new()
    {
        MemoryLimitBytes = 1 << 20,
        MaxItemBytes = 256 << 10,
        SegmentBytes = 16 << 10,
        EvictionDisabled = !_setup.Evicts,
        HashSeed = (ulong)_seed,
        Clock = _clock,
        DataDirectory = _directory.Path,
        RunsByHand = true,
    };

    /// <summary>One life of a store: from opening it to a clean end, a kill or a cut.</summary>
    private void Live()
    {
        _life++;
        _cutEvery = _random.Next(3, 60);
        _disk.Fault = Watch;
        _store = Open(_disk, _directory.Path);
        Require(_history.Last().DifferenceTo(Look(_store), _clock.Milliseconds, _setup.Evicts), "after opening");
        _history.Promise(_store.DurableRevision);
        CheckCuts();
        int operations = _random.Next(1, 400);
        int syncEvery = _random.Next(2, 80);
        for (int i = 0; i < operations; i++)
        {
            _operations++;
            Step();
            if (_random.Next(syncEvery) == 0)
            {
                Assert.True(_store.SyncByHand(), Where);
            }

            if (_random.Next(10) == 0)
            {
                _store.MaintainByHand();
            }

            if (_random.Next(20) == 0)
            {
                _disk.WriteBack(_random, _random.Next(1, 6));
            }

            if (_random.Next(_cutEvery) == 0)
            {
                Cut("between operations");
            }

            _history.Promise(_store.DurableRevision);
            CheckCuts();
        }

        End();
    }

    private void End()
    {
        int how = _random.Next(4);
        if (how == 0)
        {
            _store!.Dispose();
            _history.Promise(ulong.MaxValue);
        }
        else
        {
            _store!.Abandon();
        }

        _store = null;
        CheckCuts();
        _disk.Fault = null;
        if (how >= 2)
        {
            SimulatedDisk left = _disk.Cut(_random, AnyKind());
            _disk.Dispose();
            _disk = left;
            _life++;
            using Store next = Open(_disk, _directory.Path);
            Require(_history.SettleOn(Look(next), _clock.Milliseconds, _setup.Evicts), "after the cut that ended a life");
            Cuts++;
            next.Abandon();
        }
    }

    /// <summary>Asked by the disk at every call: sometimes the power is cut there.</summary>
    private DeviceStatus Watch(DiskCall call, string name)
    {
        if (_random.Next(_cutEvery) == 0)
        {
            Cut($"{call} {name}");
        }

        return DeviceStatus.Ok;
    }

    private void Cut(string where)
    {
        if (_cuts.Count < CutsPerLife)
        {
            // What is durable now must be there; what the operation under way does may be.
            CutKind kind = AnyKind();
            _history.Promise(_store?.DurableRevision ?? 0);
            _cuts.Add(new PendingCut(_disk.Cut(_random, kind), _history.Copy(), _step.Count, $"{kind} at {where}"));
        }
    }

    /// <summary>Recovers from the cuts of the operation that has just ended.</summary>
    private void CheckCuts()
    {
        foreach (PendingCut cut in _cuts)
        {
            CutHistory history = cut.History;
            if (cut.StepsDone < _step.Count)
            {
                history.Add(_step[cut.StepsDone]); // it was under way, and may have got into the log
            }

            using (cut.Disk)
            {
                using var directory = new TemporaryDirectory();
                for (int again = _random.Next(2); again >= 0; again--)
                {
                    using Store store = Open(cut.Disk, directory.Path);
                    Require(history.SettleOn(Look(store), _clock.Milliseconds, _setup.Evicts), cut.Where);
                    Cuts++;
                    store.Abandon();
                }
            }
        }

        _cuts.Clear();
        _step.Clear();
    }

    private Store Open(SimulatedDisk disk, string directory)
    {
        _said.Clear();
        _dump = LogDump.IsWanted ? $"before:\n{LogDump.Of(_disk)}\nleft:\n{LogDump.Of(disk)}" : null;
        try
        {
            return new Store(Options with { DataDirectory = directory, DeviceFactory = _ => disk.Attach(), Log = _said.Add });
        }
        catch (DataDirectoryException error)
        {
            throw new Xunit.Sdk.XunitException($"{Where}: {error.Message}\n{string.Join('\n', _said)}\n{_dump}");
        }
    }

    private void Require(string? wrong, string where)
    {
        if (wrong != null)
        {
            Assert.Fail($"{Where}, {where}: {wrong}\nsaid: {string.Join('\n', _said)}\n{_dump}");
        }
    }

    /// <summary>Everything a store holds.</summary>
    private CutState Look(Store store)
    {
        var seen = new CutState();
        foreach (string name in NamespaceNames)
        {
            StoreNamespace? ns = name.Length == 0 ? store.DefaultNamespace : store.FindNamespace(name);
            if (ns == null)
            {
                continue;
            }

            seen.Create(name);
            for (int i = 0; i < _setup.Keys; i++)
            {
                var reader = default(EntryReader);
                if (store.Read(store.Key(ns, KeyBytes(i)), ref reader).Status == StoreStatus.Ok)
                {
                    seen.Put(name, KeyName(i), reader.Entry!);
                }
            }
        }

        return seen;
    }

    private static string KeyName(int i) => "k" + i.ToString(CultureInfo.InvariantCulture);

    private static byte[] KeyBytes(int i) => StoreDriver.Bytes(KeyName(i));

    private CutKind AnyKind() => (CutKind)_random.Next(4);

    private byte[] AnyValue()
    {
        int length = _random.Next(30) switch
        {
            0 => _random.Next(_setup.LargestValue),
            < 4 => _random.Next(1800),
            _ => _random.Next(120),
        };
        byte[] value = new byte[length];
        _random.NextBytes(value);
        return value;
    }

    private long AnyExpiry() => _random.Next(4) == 0 ? _clock.InMilliseconds(_random.Next(1, 3000)) : 0;

    private void Did(string what, ulong revision, Action<CutState> apply)
    {
        var operation = new CutOperation(what, revision, apply);
        _history.Add(operation);
        _step.Add(operation);
    }

    private StoreNamespace AnyNamespace(out string name)
    {
        name = NamespaceNames[Math.Max(0, _random.Next(-2, NamespaceNames.Length))];
        if (name.Length != 0 && _store!.FindNamespace(name) == null)
        {
            string created = name;
            ulong before = _store.LastRevision;
            if (_store.CreateNamespace(name) == null)
            {
                name = "";
            }
            else
            {
                Assert.True(_store.LastRevision > before, Where);
                Did($"create '{created}'", _store.LastRevision, state => state.Create(created));
            }
        }

        return name.Length == 0 ? _store!.DefaultNamespace : _store!.FindNamespace(name)!;
    }

    private void Step()
    {
        StoreNamespace ns = AnyNamespace(out string name);
        int id = _random.Next(_setup.Keys);
        byte[] key = KeyBytes(id);
        switch (_random.Next(40))
        {
            case < 20:
                Put(ns, name, id, AnyValue());
                break;
            case < 24:
                Count(ns, name, id);
                break;
            case < 28:
                Outcome deleted = _store!.Delete(_store.Key(ns, key));
                if (deleted.Status == StoreStatus.Ok)
                {
                    Did($"delete '{name}'/{KeyName(id)}", deleted.Revision, state => state.Delete(name, KeyName(id)));
                }

                break;
            case < 30:
                Touch(ns, name, id);
                break;
            case < 36:
                Batch();
                break;
            case 36:
                _clock.Advance(TimeSpan.FromMilliseconds(_random.Next(300)));
                break;
            case 37 when _random.Next(10) == 0:
                if (_store!.FlushNamespace(ns))
                {
                    Did($"flush '{name}'", _store.LastRevision, state => state.Flush(name));
                }

                break;
            case 38 when _random.Next(6) == 0 && name.Length != 0:
                if (_store!.DropNamespace(ns))
                {
                    Did($"drop '{name}'", _store.LastRevision, state => state.Drop(name));
                }

                break;
            default:
                var reader = default(EntryReader);
                _ = _store!.Read(_store.Key(ns, key), ref reader);
                break;
        }
    }

    private void Put(StoreNamespace ns, string name, int id, byte[] value)
    {
        var entry = new CutEntry(value, _random.Next(2) == 0 ? 0 : (uint)_random.Next(1, 1000), AnyExpiry());
        var put = new PutRequest { Value = value, ClientFlags = entry.Flags, ExpiryMilliseconds = entry.Expiry };
        Outcome outcome = _store!.Put(_store.Key(ns, KeyBytes(id)), put);
        Assert.True(outcome.Status is StoreStatus.Ok or StoreStatus.NoMemory, $"{Where}: {outcome.Status}");
        if (outcome.Status == StoreStatus.Ok)
        {
            Did($"put '{name}'/{KeyName(id)} {entry}", outcome.Revision, state => state.Put(name, KeyName(id), entry));
        }
    }

    private void Count(StoreNamespace ns, string name, int id)
    {
        Outcome outcome = _store!.Count(_store.Key(ns, KeyBytes(id)), 7, decrement: false);
        if (outcome.Status == StoreStatus.Ok)
        {
            Reread(ns, name, id, outcome.Revision, "count");
        }
        else if (outcome.Status is StoreStatus.NotNumeric or StoreStatus.NotFound)
        {
            Put(ns, name, id, StoreDriver.Bytes(_random.Next(100_000).ToString(CultureInfo.InvariantCulture)));
        }
    }

    private void Touch(StoreNamespace ns, string name, int id)
    {
        Outcome outcome = _store!.Touch(_store.Key(ns, KeyBytes(id)), AnyExpiry());
        if (outcome.Status == StoreStatus.Ok)
        {
            Reread(ns, name, id, _store.LastRevision, "touch");
        }
    }

    /// <summary>The model takes over what an operation made of an item: whether that was right is what other tests are for.</summary>
    private void Reread(StoreNamespace ns, string name, int id, ulong revision, string what)
    {
        var reader = default(EntryReader);
        Assert.Equal(StoreStatus.Ok, _store!.Read(_store.Key(ns, KeyBytes(id)), ref reader).Status);
        CutEntry entry = reader.Entry!;
        Did($"{what} '{name}'/{KeyName(id)}", revision, state => state.Put(name, KeyName(id), entry));
    }

    private void Batch()
    {
        using var batch = new StoreBatch();
        var applied = new List<Action<CutState>>();
        int count = _random.Next(1, 12);
        for (int i = 0; i < count; i++)
        {
            StoreNamespace ns = AnyNamespace(out string name);
            int id = _random.Next(_setup.Keys);
            if (_random.Next(4) == 0)
            {
                batch.Delete(ns, KeyBytes(id));
                applied.Add(state => state.Delete(name, KeyName(id)));
            }
            else
            {
                var entry = new CutEntry(AnyValue(), 0, AnyExpiry());
                batch.Put(ns, KeyBytes(id), new PutRequest { Value = entry.Value, ExpiryMilliseconds = entry.Expiry });
                applied.Add(state => state.Put(name, KeyName(id), entry));
            }
        }

        BatchOutcome outcome = _store!.Run(batch);
        Assert.True(outcome.Status is StoreStatus.Ok or StoreStatus.NoMemory, $"{Where}: {outcome.Status}");
        if (outcome.Status == StoreStatus.Ok)
        {
            Did($"batch of {count}", outcome.Revision, state => applied.ForEach(apply => apply(state)));
        }
    }

    private sealed record PendingCut(SimulatedDisk Disk, CutHistory History, int StepsDone, string Where);

    private struct EntryReader : IItemReader
    {
        public CutEntry? Entry;

        public void Read(in Item item) => Entry = new CutEntry(item.Value.ToArray(), item.ClientFlags, item.ExpiryMilliseconds);
    }
}
