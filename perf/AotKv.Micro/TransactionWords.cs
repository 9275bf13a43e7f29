using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Engine.Transactions;
using AotKv.Perf.Scenarios;

namespace AotKv.Micro;

/// <summary>What the commands of a transaction do: the four columns of memstore's benchmark.</summary>
internal enum TransactionKind
{
    /// <summary>Every command reads the same key.</summary>
    GetSame,

    /// <summary>Every command stores under the same key.</summary>
    SetSame,

    /// <summary>Every command reads a key of its own.</summary>
    GetVarious,

    /// <summary>Every command stores under a key of its own.</summary>
    SetVarious,
}

/// <summary>
/// Keys and values of memstore's benchmark: <c>foo</c> and <c>bar</c> where all are the same, otherwise random letters, each length as likely.
/// Two things differ: every key is stored beforehand, so that reads hit, and a key has 1 to 19 letters, not 0 to 19.
/// </summary>
internal sealed class TransactionWords
{
    /// <summary>How many various keys there are; the largest transaction has as many commands.</summary>
    public const int Count = 10_000;

    private const int MostLetters = 19;

    private readonly byte[] _letters = new byte[MostLetters * 4096];
    private readonly (int At, int Length)[] _keys = new (int, int)[Count];
    private readonly (int At, int Length)[] _values = new (int, int)[Count];
    private readonly int[][] _orders = [new int[Count], new int[Count]];
    private int _order;
    private int _next;

    /// <summary>Draws the words, the same ones each time.</summary>
    public TransactionWords()
    {
        var random = new SplitMix(0x3E45);
        for (int i = 0; i < _letters.Length; i++)
        {
            _letters[i] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8[(int)random.Below(52)];
        }

        for (int i = 0; i < Count; i++)
        {
            _keys[i] = Draw(random, 1);
            _values[i] = Draw(random, 0);
        }

        foreach (int[] order in _orders)
        {
            for (int i = 0; i < Count; i++)
            {
                int other = (int)random.Below((uint)i + 1);
                order[i] = order[other];
                order[other] = i;
            }
        }
    }

    /// <summary>Stores every key.</summary>
    public void Store(Store store)
    {
        _ = store.Put(store.Key("foo"u8), new PutRequest { Value = "bar"u8 });
        for (int i = 0; i < Count; i++)
        {
            _ = store.Put(store.Key(Letters(_keys[i])), new PutRequest { Value = Letters(_values[i]) });
        }
    }

    /// <summary>Empties a batch and fills it with the next transaction.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="ns">Where the keys are.</param>
    /// <param name="kind">What the commands do.</param>
    /// <param name="size">How many commands.</param>
    public void Fill(StoreBatch batch, StoreNamespace ns, TransactionKind kind, int size)
    {
        batch.Clear();
        switch (kind)
        {
            case TransactionKind.GetSame:
                for (int i = 0; i < size; i++)
                {
                    batch.Get(ns, "foo"u8);
                }

                return;
            case TransactionKind.SetSame:
                for (int i = 0; i < size; i++)
                {
                    batch.Put(ns, "foo"u8, new PutRequest { Value = "bar"u8 });
                }

                return;
            case TransactionKind.GetVarious:
                foreach (int word in Next(size))
                {
                    batch.Get(ns, Letters(_keys[word]));
                }

                return;
            default:
                foreach (int word in Next(size))
                {
                    batch.Put(ns, Letters(_keys[word]), new PutRequest { Value = Letters(_values[word]) });
                }

                return;
        }
    }

    /// <summary>
    /// The next keys in an order that is random; behind its end comes the other order, since records lie in the log as they were written, and
    /// whoever asks in the same order again walks memory in order.
    /// </summary>
    private ReadOnlySpan<int> Next(int size)
    {
        if (_next + size > Count)
        {
            _order = 1 - _order;
            _next = 0;
        }

        _next += size;
        return _orders[_order].AsSpan(_next - size, size);
    }

    private (int At, int Length) Draw(SplitMix random, int least)
    {
        int length = least + (int)random.Below((uint)(MostLetters + 1 - least));
        return ((int)random.Below((uint)(_letters.Length - MostLetters)), length);
    }

    private ReadOnlySpan<byte> Letters((int At, int Length) word) => _letters.AsSpan(word.At, word.Length);
}
