using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>The number rules of every field that is a number, at the edges of each type and of the ways it is read.</summary>
public sealed class NumberTests
{
    private static readonly string[] Words =
    [
        "0", "00", "1", "9", "-", "--1", "-0", "-1", "-9", "+", "+1", "1-", "1+", "0x1", "1e3", "1.", ".1", "1\t", "\t1", "1\r2", "1\02",
        "a",
        "1234567", "12345678", "123456789", "-1234567", "-12345678",
        "99999999", "100000000", "a2345678", "1234567a", "123/5678",
        "1234:678", "12345678:", "2147483644", "2147483645", "2147483646", "2147483647", "2147483648", "2147483649",
        "-2147483647", "-2147483648",
        "-2147483649", "4294967294", "4294967295", "4294967296", "4294967297", "9999999999", "-9999999999", "99999999999", "00000000001",
        "-0000000001", "000000000001", "-00000000001", "9223372036854775807", "9223372036854775808", "18446744073709551614",
        "18446744073709551615", "18446744073709551616", "18446744073709551617", "28446744073709551615", "99999999999999999999",
        "100000000000000000000", "000000000000000000001", "0000000000000000000001", "00000000000000000000001", "0018446744073709551615",
        "00018446744073709551615", "0018446744073709551616", "000000000000000000000000000000000000000000000001",
        "999999999999999999999999999999999999999999999999", "-000000000000000000000000000000000000000000000001", "\xff", "\xb1", "1\xb1",
    ];

    public static TheoryData<string> Lines =>
    [
        "set k {0} 0 5", "set k 0 {0} 5", "set k 0 0 {0}", "set k {0} {0} {0}", "cas k 0 0 5 {0}", "incr k {0}", "decr k {0}",
        "touch k {0}", "gat {0} k", "gats {0} k", "flush_all {0}", "verbosity {0}",
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Number_of_any_kind_is_read_as_the_rules_say(string line)
    {
        foreach (string word in Words)
        {
            foreach (string tail in (string[])["\r\n", " noreply\r\n", " \n", "\r\nxxxxxxxx"])
            {
                string input = line.Replace("{0}", word, StringComparison.Ordinal) + tail;
                Assert.Equal(ReferenceParser.Parse(input), Said.Parse(input));
            }
        }
    }

    [Theory]
    [InlineData("set k 4294967295 0 1\r\n", "Set key=k flags=4294967295 exptime=0 bytes=1 line=22")]
    [InlineData("set k 0 -2147483648 1\r\n", "Set key=k flags=0 exptime=-2147483648 bytes=1 line=23")]
    [InlineData("set k 0 2147483647 1\r\n", "Set key=k flags=0 exptime=2147483647 bytes=1 line=22")]
    [InlineData("set k 0 0 2147483645\r\n", "Set key=k flags=0 exptime=0 bytes=2147483645 line=22")]
    [InlineData("set k 0 0 00000000001\r\n", "Set key=k flags=0 exptime=0 bytes=1 line=23")]
    [InlineData("set k 000000000000000000000000000007 0 1\r\n", "Set key=k flags=7 exptime=0 bytes=1 line=42")]
    [InlineData("set k 0 -000000000000000000000000000007 1\r\n", "Set key=k flags=0 exptime=-7 bytes=1 line=43")]
    [InlineData("incr k 0000000000000000000001\r\n", "Incr key=k delta=1 line=31")]
    [InlineData("incr k 00000000000000000000001\r\n", "Bad Incr InvalidDelta line=32")]
    [InlineData("touch k -0\r\n", "Touch key=k exptime=0 line=12")]
    [InlineData("touch k -2147483648\r\n", "Touch key=k exptime=-2147483648 line=21")]
    public void Number_at_the_edge_of_its_type_is_read(string line, string said) => Assert.Equal(said, Said.Parse(line));
}
