namespace AotKv.Engine.Namespaces;

/// <summary>The namespaces by number and by name. Reading by number takes no lock.</summary>
internal sealed class NamespaceTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, StoreNamespace> _byName = new(StringComparer.Ordinal);
    private StoreNamespace?[] _byNumber = new StoreNamespace?[16];
    private uint _next = 1;

    public NamespaceTable()
    {
        Default = new StoreNamespace(0, "");
        _byNumber[0] = Default;
    }

    public StoreNamespace Default { get; }

    /// <summary>Numbers given out so far.</summary>
    public int Count => (int)_next;

    /// <summary>Whoever creates or drops holds this.</summary>
    public Lock Gate => _lock;

    /// <summary>The namespace with a number; null when there never was one.</summary>
    public StoreNamespace? Find(uint number)
    {
        StoreNamespace?[] all = Volatile.Read(ref _byNumber);
        return number < (uint)all.Length ? all[number] : null;
    }

    public StoreNamespace? Find(string name)
    {
        lock (_lock)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    /// <summary>The namespaces that are not dropped, the default one not among them.</summary>
    public IReadOnlyList<StoreNamespace> List()
    {
        lock (_lock)
        {
            return [.. _byName.Values];
        }
    }

    /// <summary>Makes a namespace under the next number, not yet to be found. Gate held.</summary>
    public StoreNamespace Draft(string name) => new(_next, name);

    /// <summary>Lets a namespace be found; takes over what recovery has found likewise. Gate held.</summary>
    public void Publish(StoreNamespace added)
    {
        if (added.Number >= (uint)_byNumber.Length)
        {
            var larger = new StoreNamespace?[Math.Max(_byNumber.Length * 2, (int)added.Number + 1)];
            _byNumber.CopyTo(larger, 0);
            Volatile.Write(ref _byNumber, larger);
        }

        Volatile.Write(ref _byNumber[added.Number], added);
        _next = Math.Max(_next, added.Number + 1);
        if (!added.IsDropped)
        {
            _byName[added.Name] = added;
        }
    }

    /// <summary>Takes a dropped namespace's name away. Gate held.</summary>
    public void Forget(StoreNamespace dropped) => _byName.Remove(dropped.Name);
}
