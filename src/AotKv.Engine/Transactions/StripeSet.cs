using System.Numerics;
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Transactions;

/// <summary>
/// Numbers of stripes, to be walked in rising order: a bit each, and a bit for every 64 of them, so that a few of many thousands are found, and
/// forgotten, without looking at all.
/// </summary>
internal sealed class StripeSet
{
    private ulong[] _words = [];
    private ulong[] _groups = [];

    /// <summary>Empties the set.</summary>
    /// <param name="stripes">Numbers will be below this.</param>
    public void Reset(int stripes)
    {
        for (int group = 0; group < _groups.Length; group++)
        {
            for (ulong bits = _groups[group]; bits != 0; bits &= bits - 1)
            {
                _words[(group << 6) + BitOperations.TrailingZeroCount(bits)] = 0;
            }

            _groups[group] = 0;
        }

        int words = (stripes + 63) / 64;
        if (_words.Length < words)
        {
            _words = new ulong[words];
            _groups = new ulong[(words + 63) / 64];
        }
    }

    /// <summary>Adds a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int stripe)
    {
        int word = stripe >> 6;
        _words[word] |= 1UL << stripe;
        _groups[word >> 6] |= 1UL << word;
    }

    /// <summary>The numbers, rising.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Walks the numbers.</summary>
    public struct Enumerator
    {
        private readonly StripeSet _set;
        private int _group = -1;
        private int _word;
        private ulong _groupBits;
        private ulong _wordBits;

        public Enumerator(StripeSet set) => _set = set;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (_wordBits == 0)
            {
                while (_groupBits == 0)
                {
                    if (++_group >= _set._groups.Length)
                    {
                        return false;
                    }

                    _groupBits = _set._groups[_group];
                }

                _word = (_group << 6) + BitOperations.TrailingZeroCount(_groupBits);
                _groupBits &= _groupBits - 1;
                _wordBits = _set._words[_word];
            }

            Current = (_word << 6) + BitOperations.TrailingZeroCount(_wordBits);
            _wordBits &= _wordBits - 1;
            return true;
        }
    }
}
