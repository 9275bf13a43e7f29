namespace AotKv.Engine.Tests.Durability;

/// <summary>What a key has, to the model.</summary>
internal sealed record CutEntry(byte[] Value, uint Flags, long Expiry)
{
    public bool IsVisible(long now) => Expiry == 0 || Expiry > now;

    public bool Same(CutEntry? other) =>
        other != null && Flags == other.Flags && Expiry == other.Expiry && Value.AsSpan().SequenceEqual(other.Value);

    public override string ToString() => $"{Value.Length} bytes beginning {Convert.ToHexString(Value.AsSpan(0, Math.Min(8, Value.Length)))}, expires {Expiry}";
}

/// <summary>All a store holds, to the model: namespaces by name ("" is the default one), keys by namespace.</summary>
internal sealed class CutState
{
    private readonly Dictionary<string, Dictionary<string, CutEntry>> _all = new() { [""] = [] };

    public CutState()
    {
    }

    public CutState(CutState other)
    {
        foreach ((string ns, Dictionary<string, CutEntry> keys) in other._all)
        {
            _all[ns] = new Dictionary<string, CutEntry>(keys);
        }
    }

    public bool Has(string ns) => _all.ContainsKey(ns);

    public CutEntry? Get(string ns, string key, long now) =>
        _all.TryGetValue(ns, out Dictionary<string, CutEntry>? keys) && keys.TryGetValue(key, out CutEntry? entry) && entry.IsVisible(now) ? entry : null;

    public void Create(string ns) => _all.TryAdd(ns, []);

    public void Drop(string ns) => _all.Remove(ns);

    public void Flush(string ns)
    {
        if (_all.TryGetValue(ns, out Dictionary<string, CutEntry>? keys))
        {
            keys.Clear();
        }
    }

    public void Put(string ns, string key, CutEntry entry) => _all[ns][key] = entry;

    public void Delete(string ns, string key) => _all[ns].Remove(key);

    /// <summary>The first difference to another state; null when there is none.</summary>
    /// <param name="seen">What a store was seen to hold.</param>
    /// <param name="now">The time, for what has expired.</param>
    /// <param name="mayMiss">The store may have evicted items.</param>
    public string? DifferenceTo(CutState seen, long now, bool mayMiss)
    {
        foreach ((string ns, Dictionary<string, CutEntry> keys) in _all)
        {
            if (!seen._all.TryGetValue(ns, out Dictionary<string, CutEntry>? others))
            {
                return $"namespace '{ns}' is missing";
            }

            foreach ((string key, CutEntry entry) in keys)
            {
                if (!entry.IsVisible(now))
                {
                    continue;
                }

                CutEntry? other = others.GetValueOrDefault(key);
                if (other == null ? !mayMiss : !entry.Same(other))
                {
                    return $"'{ns}'/{key} should be {entry} and is {other?.ToString() ?? "missing"}";
                }
            }
        }

        foreach ((string ns, Dictionary<string, CutEntry> others) in seen._all)
        {
            if (!_all.TryGetValue(ns, out Dictionary<string, CutEntry>? keys))
            {
                return $"namespace '{ns}' is there and should not be";
            }

            foreach ((string key, CutEntry other) in others)
            {
                if (keys.GetValueOrDefault(key) is not { } entry || !entry.IsVisible(now))
                {
                    return $"'{ns}'/{key} is {other} and should not be there";
                }
            }
        }

        return null;
    }
}

/// <summary>One operation: when it happened, as a revision, and what it did.</summary>
internal sealed record CutOperation(string What, ulong Revision, Action<CutState> Apply);

/// <summary>Every operation since the last state that is known to be durable.</summary>
internal sealed class CutHistory
{
    private readonly List<CutOperation> _since = [];

    public CutHistory(CutState durable) => Durable = durable;

    /// <summary>The state that must survive.</summary>
    public CutState Durable { get; private set; }

    public void Add(CutOperation operation) => _since.Add(operation);

    /// <summary>The store has said that everything up to a revision is durable.</summary>
    public void Promise(ulong revision)
    {
        int count = _since.FindIndex(operation => operation.Revision > revision);
        count = count < 0 ? _since.Count : count;
        for (int i = 0; i < count; i++)
        {
            _since[i].Apply(Durable);
        }

        _since.RemoveRange(0, count);
    }

    /// <summary>The state after all.</summary>
    public CutState Last()
    {
        var state = new CutState(Durable);
        _since.ForEach(operation => operation.Apply(state));
        return state;
    }

    /// <summary>A history that ends here, to hold against a disk that was cut now.</summary>
    public CutHistory Copy()
    {
        var copy = new CutHistory(new CutState(Durable));
        copy._since.AddRange(_since);
        return copy;
    }

    /// <summary>Finds the prefix of the operations after which the state is what was seen; that prefix is all that happened from here on.</summary>
    /// <returns>Null when there is one; otherwise what is wrong.</returns>
    public string? SettleOn(CutState seen, long now, bool mayMiss)
    {
        var state = new CutState(Durable);
        string? first = state.DifferenceTo(seen, now, mayMiss);
        string? last = first;
        string? next = _since.Count > 0 ? _since[0].What : null;
        int found = first == null ? 0 : -1;
        for (int i = 0; i < _since.Count; i++)
        {
            _since[i].Apply(state);
            last = state.DifferenceTo(seen, now, mayMiss);
            found = last == null ? i + 1 : found;
        }

        if (found < 0)
        {
            return $"no prefix of the {_since.Count} operations after the durable state fits.\n  durable state: {first}\n  first operation after it: {next}\n  last state: {last}";
        }

        for (int i = 0; i < found; i++)
        {
            _since[i].Apply(Durable);
        }

        _since.Clear();
        return null;
    }
}
