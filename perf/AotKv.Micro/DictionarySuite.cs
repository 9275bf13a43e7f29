using System.Collections.Concurrent;

namespace AotKv.Micro;

/// <summary>
/// For comparison, what .NET brings: <see cref="ConcurrentDictionary{TKey, TValue}"/> from byte-array keys to byte-array values,
/// asked by span. It has no memory limit, no expiry and no revision, and every item is two objects for the collector.
/// </summary>
internal sealed class DictionarySuite
{
    /// <summary>Its name in the report.</summary>
    public const string Subject = "ConcurrentDictionary";

    private const int ValueBytes = 100;

    private readonly KeySet _keys;
    private readonly byte[] _value = new byte[ValueBytes];
    private readonly byte[] _buffer = new byte[ValueBytes];
    private ConcurrentDictionary<byte[], byte[]> _items = Open();

    /// <summary>Makes an empty dictionary.</summary>
    /// <param name="keys">The keys.</param>
    public DictionarySuite(KeySet keys) => _keys = keys;

    /// <summary>Times what it can do.</summary>
    public void Run(Timer timer)
    {
        int count = _keys.Count;
        timer.Prepared(Subject, "set new, fresh memory", count, () => _items = Open(), SetNew);
        timer.Repeat(Subject, "get hit", count, Get);
        timer.Repeat(Subject, "get miss", count, Miss);
        timer.Repeat(Subject, "set overwrite", count, Overwrite);
        timer.Prepared(Subject, "delete", count, SetNew, Delete);
    }

    private static ConcurrentDictionary<byte[], byte[]> Open() => new(new BytesComparer());

    private void SetNew()
    {
        for (int i = 0; i < _keys.Count; i++)
        {
            _items[_keys.Stored(i).ToArray()] = _value.AsSpan().ToArray();
        }
    }

    private void Overwrite()
    {
        var bySpan = _items.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < _keys.Count; i++)
        {
            bySpan[_keys.Asked(i)] = _value.AsSpan().ToArray();
        }

        _keys.TurnOrder();
    }

    private void Get()
    {
        var bySpan = _items.GetAlternateLookup<ReadOnlySpan<byte>>();
        int found = 0;
        for (int i = 0; i < _keys.Count; i++)
        {
            if (bySpan.TryGetValue(_keys.Asked(i), out byte[]? value))
            {
                value.CopyTo(_buffer, 0);
                found++;
            }
        }

        if (found != _keys.Count)
        {
            throw new InvalidOperationException("the dictionary lost a key");
        }
    }

    private void Miss()
    {
        var bySpan = _items.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < _keys.Count; i++)
        {
            if (bySpan.ContainsKey(_keys.Absent(i)))
            {
                throw new InvalidOperationException("the dictionary has a key it was never given");
            }
        }
    }

    private void Delete()
    {
        var bySpan = _items.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < _keys.Count; i++)
        {
            bySpan.TryRemove(_keys.Asked(i), out _);
        }
    }
}
