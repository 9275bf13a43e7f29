namespace AotKv.Crash.Tests;

/// <summary>What a key holds: a value with its flags. Compared by its bytes.</summary>
internal sealed record Entry(uint Flags, byte[] Value)
{
    public static bool Same(Entry? a, Entry? b) =>
        a == null ? b == null : b != null && a.Flags == b.Flags && a.Value.AsSpan().SequenceEqual(b.Value);

    public static string Describe(Entry? entry) => entry == null
        ? "nothing"
        : $"{entry.Value.Length} bytes, flags {entry.Flags}, beginning {Convert.ToHexString(entry.Value.AsSpan(0, Math.Min(12, entry.Value.Length)))}";
}

/// <summary>A request on its way: what it makes of its key, and what the answer must be.</summary>
/// <param name="Key">The key.</param>
/// <param name="After">What the key holds once it is done.</param>
/// <param name="Reply">The only right answer; several separated by a bar where evictions make more than one right.</param>
internal sealed record Operation(string Key, Entry? After, string Reply)
{
    public bool IsRight(string reply) => Reply.Split('|').Contains(reply);
}
