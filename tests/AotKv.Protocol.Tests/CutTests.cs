using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>What comes out never depends on where the bytes were cut, but for the one rule about lines without an end.</summary>
public sealed class CutTests
{
    public static TheoryData<string> Requests =>
    [
        "get a\r\n", "get a\n", "gets a b c\r\n", "get " + Keys(100) + "\r\n", "gat 10 a b\r\n", "gats -1 " + new string('k', 250) + "\r\n",
        "get " + new string('k', 251) + "\r\n", "set k 0 0 5\r\n", "set " + new string('k', 250) + " 1 2 3 noreply\r\n", "add k 1 2 3\n",
        "replace k 1 2 3 noreply\r\n", "append k 1 2 3\r\n", "prepend k 1 2 3\r\n", "cas k 1 2 3 4 noreply\r\n", "set k x 0 5\r\n",
        "set k 0 0 x\r\n", "delete k\r\n", "delete k 0 noreply\r\n", "delete k 1\r\n", "incr k 1\r\n", "decr k 123456789 noreply\r\n",
        "touch k 100\r\n", "flush_all\r\n", "flush_all 10 noreply\r\n", "verbosity 1\r\n", "version\r\n", "stats\r\n", "stats items\r\n",
        "shutdown graceful\r\n", "quit\r\n", "\r\n", "ab\r\n", "foo noreply\r\n", "GET / HTTP/1.1\r\n", " get a\r\n",
        "set " + new string('k', 55) + " 0 0 1\r\n", "set " + new string('k', 52) + " 0 0 1\r\n",
        "foo " + new string(' ', 200) + "noreply\r\n",
    ];

    private static string Keys(int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"key:{i:D12}"));

    [Theory]
    [MemberData(nameof(Requests))]
    public void Request_cut_anywhere_needs_more_and_then_reads_the_same(string request)
    {
        byte[] input = Said.Bytes(request);
        string whole = Said.Parse(input);
        Assert.Equal(ReferenceParser.Parse(request), whole);
        for (int cut = 0; cut < input.Length; cut++)
        {
            Assert.Equal("NeedMore", Said.Parse(input.AsSpan(0, cut)));
            Assert.Equal("NeedMore", Said.Parse(input.AsSpan(0, cut), cut));
            Assert.Equal(whole, Said.Parse(input, cut));
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Request_arriving_byte_by_byte_reads_the_same(string request)
    {
        byte[] input = Said.Bytes(request);
        int scanned = 0;
        for (int length = 1; length <= input.Length; length++)
        {
            ReadOnlySpan<byte> arrived = input.AsSpan(0, length);
            Assert.Equal(length < input.Length ? "NeedMore" : Said.Parse(input), Said.Parse(arrived, scanned));
            scanned = length;
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("x", true)]
    [InlineData("set ", true)]
    [InlineData("mg ", true)]
    [InlineData("getx", true)]
    [InlineData("get ", false)]
    [InlineData("gets ", false)]
    [InlineData("gat ", false)]
    [InlineData("gats ", false)]
    [InlineData("  get ", false)]
    public void Line_without_an_end_is_too_long_behind_2048_bytes(string start, bool isBad)
    {
        foreach (int length in (int[])[2047, 2048, 2049, 5000])
        {
            byte[] input = Said.Bytes(start.PadRight(length, 'k'));
            string said = isBad && length > 2048 ? "Bad None LineTooLong line=0" : "NeedMore";
            Assert.Equal(said, Said.Parse(input));
            Assert.Equal(said, Said.Parse(input, length));
            Assert.Equal(said, Said.Parse(input, length / 2));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(100, false)]
    [InlineData(101, true)]
    [InlineData(3000, true)]
    public void Long_get_line_may_begin_with_a_hundred_spaces(int spaces, bool isBad)
    {
        string line = new string(' ', spaces) + "gats " + new string('k', 3000);
        Assert.Equal(isBad ? "Bad None LineTooLong line=0" : "NeedMore", Said.Parse(line));
    }

    [Fact]
    public void Long_line_that_arrives_with_its_end_is_parsed()
    {
        Assert.Equal("Bad None UnknownCommand line=10002", Said.Parse(new string('x', 10_000) + "\r\n"));
        Assert.Equal("Bad None UnknownCommand line=10002", Said.Parse(new string(' ', 10_000) + "\r\n"));
        Assert.Equal("Delete key=k noreply line=10018", Said.Parse("delete k" + new string(' ', 10_001) + "noreply\r\n"));
    }

    [Fact]
    public void Data_block_needs_its_length_and_its_line_end()
    {
        byte[] data = Said.Bytes("abc\r\nget");
        for (int length = 0; length < 5; length++)
            Assert.Equal(ParseStatus.NeedMore, TextParser.ParseData(data.AsSpan(0, length), 3));
        Assert.Equal(ParseStatus.Done, TextParser.ParseData(data.AsSpan(0, 5), 3));
        Assert.Equal(ParseStatus.Done, TextParser.ParseData(data, 3));
        Assert.Equal(ParseStatus.Bad, TextParser.ParseData(data, 2));
        Assert.Equal(ParseStatus.Bad, TextParser.ParseData(data, 4));
        Assert.Equal(ParseStatus.NeedMore, TextParser.ParseData(data, 7));
        Assert.Equal(ParseStatus.NeedMore, TextParser.ParseData(data, TextParser.MaxValueLength));
        Assert.Equal(ParseStatus.Done, TextParser.ParseData("\r\n"u8, 0));
        Assert.Equal(ParseStatus.Bad, TextParser.ParseData("\n\n"u8, 0));
        Assert.Equal(ParseStatus.Bad, TextParser.ParseData("\r\r"u8, 0));
        Assert.Equal(ParseStatus.NeedMore, TextParser.ParseData("\r"u8, 0));
    }
}
