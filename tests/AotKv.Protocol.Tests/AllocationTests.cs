using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>Nothing is allocated between bytes and request, nor between outcome and bytes.</summary>
public sealed class AllocationTests
{
    public static TheoryData<string> Lines =>
    [
        "get key:000000000001\r\n", "gets a b c\r\n", "gat 0 a\r\n", "gats 10 a b\r\n", "set k 0 0 5\r\n", "add k 0 0 5\r\n",
        "replace k 0 0 5\r\n", "append k 0 0 5\r\n", "prepend k 0 0 5\r\n", "cas k 0 0 5 1700000000000000\r\n", "set k 0 -10 5 noreply\r\n",
        "delete k\r\n", "delete k 0 noreply\r\n", "incr k 1\r\n", "decr k 18446744073709551615\r\n", "touch k 100\r\n", "flush_all\r\n",
        "flush_all 10\r\n", "version\r\n", "verbosity 1\r\n", "stats settings\r\n", "shutdown graceful\r\n", "quit\r\n",
        "get " + string.Join(' ', Enumerable.Range(0, 100).Select(i => $"key:{i:D12}")) + "\r\n", "get unfinish", "foo noreply\r\n",
        "set k x 0 5\r\n", "delete k 5\r\n", "get " + new string('k', 251) + "\r\n", "GET / HTTP/1.1\r\n", new string('x', 3000),
    ];

    private static int ParseAndWalk(ReadOnlySpan<byte> input)
    {
        TextParser.Parse(input, 0, out Request request);
        int sum = TextReplies.For(request.Error).Length;
        foreach (ReadOnlySpan<byte> key in new KeyList(input.Slice(request.KeyOffset, request.KeysLength)))
            sum += key.Length;
        return sum + (int)TextParser.ParseData(input, 5);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Parse_and_walk_allocate_nothing(string line)
    {
        byte[] input = Said.Bytes(line);
        int sum = ParseAndWalk(input);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            sum -= ParseAndWalk(input);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(sum <= 0);
    }

    [Fact]
    public void Compose_allocates_nothing()
    {
        var destination = new byte[400];
        var key = new byte[16];
        int sum = Compose(destination, key, 12_345_678_901);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint i = 0; i < 1000; i++)
            sum += Compose(destination, key, i);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(0, allocated);
        Assert.True(sum > 0);
    }

    private static int Compose(Span<byte> destination, ReadOnlySpan<byte> key, ulong number) =>
        TextComposer.ValueHeader(destination, key, (uint)number, 100)
        + TextComposer.ValueHeader(destination, key, 0, 100, number)
        + TextComposer.Number(destination, number)
        + TextComposer.Digits(destination, number);
}
