using System.Text;
using AotKv.Protocol.Text;
using CommunityToolkit.HighPerformance;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Server.Stats;

/// <summary>What <c>stats detail</c> counts.</summary>
internal enum PrefixEvent : byte
{
    Miss,
    Hit,
    Set,
    Delete,
}

/// <summary>
/// <c>stats detail</c>: commands counted by the part of the key before a delimiter. Keys without the delimiter are not counted, nor are
/// prefixes beyond the first 65,536. Any thread; off it costs nothing.
/// </summary>
internal sealed class PrefixStats
{
    private const int MaxPrefixes = 1 << 16;
    private const int MaxKeyLength = TextParser.MaxKeyLength;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Counts> _prefixes = new(StringComparer.Ordinal); // _lock
    private readonly Dictionary<string, Counts>.AlternateLookup<ReadOnlySpan<char>> _find; // _lock
    private readonly byte _delimiter;

    public PrefixStats(char delimiter)
    {
        _delimiter = (byte)delimiter;
        _find = _prefixes.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Counts a command on a key.</summary>
    public void Count(ReadOnlySpan<byte> key, PrefixEvent what)
    {
        int length = key.IndexOf(_delimiter);
        if (length is < 0 or > MaxKeyLength)
        {
            return;
        }

        Span<char> letters = stackalloc char[MaxKeyLength];
        Encoding.Latin1.GetChars(key[..length], letters);
        lock (_lock)
        {
            if (!_find.TryGetValue(letters[..length], out Counts? counts))
            {
                if (_prefixes.Count == MaxPrefixes)
                {
                    return;
                }

                counts = new();
                _prefixes.Add(letters[..length].ToString(), counts);
            }

            counts.Gets += what is PrefixEvent.Hit or PrefixEvent.Miss ? 1 : 0;
            counts.Hits += what == PrefixEvent.Hit ? 1 : 0;
            counts.Sets += what == PrefixEvent.Set ? 1 : 0;
            counts.Deletes += what == PrefixEvent.Delete ? 1 : 0;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _prefixes.Clear();
        }
    }

    /// <summary>Writes <c>PREFIX</c> lines and <c>END</c>.</summary>
    public void Write(ArrayPoolBufferWriter<byte> output)
    {
        lock (_lock)
        {
            foreach ((string prefix, Counts counts) in _prefixes)
            {
                output.Write("PREFIX "u8);
                output.Write(Encoding.Latin1.GetBytes(prefix));
                output.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant(
                    $" get {counts.Gets} hit {counts.Hits} set {counts.Sets} del {counts.Deletes}\r\n")));
            }
        }

        output.Write("END\r\n"u8);
    }

    private sealed class Counts
    {
        public long Gets;
        public long Hits;
        public long Sets;
        public long Deletes;
    }
}
