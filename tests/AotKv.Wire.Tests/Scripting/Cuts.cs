namespace AotKv.Wire.Tests.Scripting;

/// <summary>How the bytes of one write are spread over several. A server's replies must not depend on it.</summary>
/// <param name="Name">Shown when a conversation fails.</param>
/// <param name="Places">Where to cut a write of a given length: rising offsets.</param>
/// <param name="Pause">Time between two pieces, so that the server reads them apart.</param>
internal sealed record Cuts(string Name, Func<int, IReadOnlyList<int>> Places, TimeSpan Pause)
{
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(1);

    /// <summary>One write.</summary>
    public static Cuts None { get; } = new("whole", _ => [], TimeSpan.Zero);

    /// <summary>Every byte is a write of its own.</summary>
    public static Cuts EveryByte { get; } =
        new("every byte on its own", length => [.. Enumerable.Range(1, Math.Max(length - 1, 0))], TimeSpan.Zero);

    /// <summary>Each write is cut in two behind so many bytes.</summary>
    public static Cuts At(int place) => new($"cut behind byte {place}", length => place < length ? [place] : [], Apart);

    /// <summary>Each write is cut in three at two random places.</summary>
    public static Cuts RandomPair(int seed)
    {
        var random = new Random(seed);
        return new($"cut at two places, seed {seed}", Pair, Apart);

        IReadOnlyList<int> Pair(int length)
        {
            if (length < 3)
                return [];
            var (one, other) = (random.Next(1, length), random.Next(1, length));
            return one < other ? [one, other] : [other, one];
        }
    }

    /// <summary>The pieces of a write.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Apply(byte[] bytes)
    {
        var pieces = new List<ReadOnlyMemory<byte>>();
        var from = 0;
        foreach (var place in Places(bytes.Length))
        {
            pieces.Add(bytes.AsMemory(from, place - from));
            from = place;
        }

        pieces.Add(bytes.AsMemory(from));
        return pieces;
    }
}
