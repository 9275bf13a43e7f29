using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>Each rule of the classic text protocol as a line and what the parser says of it.</summary>
public sealed class TextParserTests
{
    // In the lines below, K250 stands for a key of 250 bytes and K251 for one of 251.
    private static string Line(string text) =>
        text.Replace("K250", new string('k', 250), StringComparison.Ordinal)
            .Replace("K251", new string('k', 251), StringComparison.Ordinal);

    private static void Check(string line, string said)
    {
        line = Line(line);
        Assert.Equal($"{Line(said)} line={line.Length}", Said.Parse(line));

        // A bare LF ends a line as well, and what stands behind the line does not matter.
        string bare = line.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (bare.Length >= 4)
            Assert.Equal($"{Line(said)} line={bare.Length}", Said.Parse(bare));
        Assert.Equal($"{Line(said)} line={line.Length}", Said.Parse(line + "get x\r\n"));
    }

    [Theory]
    [InlineData("get a\r\n", "Get key=a words=[a] rest=[a]")]
    [InlineData("gets a\r\n", "Gets key=a words=[a] rest=[a]")]
    [InlineData("get a b  c \r\n", "Get key=a words=[a|b|c] rest=[a b  c ]")]
    [InlineData("get   a\r\n", "Get key=a words=[a] rest=[a]")]
    [InlineData("get a a a\r\n", "Get key=a words=[a|a|a] rest=[a a a]")]
    [InlineData("get noreply\r\n", "Get key=noreply words=[noreply] rest=[noreply]")]
    [InlineData("gets a noreply\r\n", "Gets key=a words=[a|noreply] rest=[a noreply]")]
    [InlineData("get K250\r\n", "Get key=K250 words=[K250] rest=[K250]")]
    [InlineData("get a K250 b\r\n", "Get key=a words=[a|K250|b] rest=[a K250 b]")]
    [InlineData("get a\rb\t\0\x01\x7f\xff\r\n", "Get key=a\rb\t\0\x01\x7f\xff words=[a\rb\t\0\x01\x7f\xff] rest=[a\rb\t\0\x01\x7f\xff]")]
    [InlineData("get\r\n", "Bad Get BadCommandLine")]
    [InlineData("get \r\n", "Bad Get BadCommandLine")]
    [InlineData("gets\r\n", "Bad Gets BadCommandLine")]
    [InlineData("get K251\r\n", "Bad Get BadCommandLine")]
    [InlineData("gets K251 a\r\n", "Bad Gets BadCommandLine")]
    [InlineData("get a b K251\r\n", "Bad Get BadCommandLine")]
    [InlineData("get a K251 b\r\n", "Bad Get BadCommandLine")]
    [InlineData("get K251 noreply\r\n", "Bad Get BadCommandLine")]
    public void Get_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("gat 0 a\r\n", "Gat key=a words=[a] rest=[a] exptime=0")]
    [InlineData("gats -1 a b\r\n", "Gats key=a words=[a|b] rest=[a b] exptime=-1")]
    [InlineData("gat 2147483647 a noreply\r\n", "Gat key=a words=[a|noreply] rest=[a noreply] exptime=2147483647")]
    [InlineData("gat  5   K250 \r\n", "Gat key=K250 words=[K250] rest=[K250 ] exptime=5")]
    [InlineData("gat\r\n", "Bad Gat BadCommandLine")]
    [InlineData("gats 0\r\n", "Bad Gats BadCommandLine")]
    [InlineData("gat noreply\r\n", "Bad Gat BadCommandLine")]
    [InlineData("gat x a\r\n", "Bad Gat InvalidExptime")]
    [InlineData("gat x noreply\r\n", "Bad Gat InvalidExptime")]
    [InlineData("gat x K251\r\n", "Bad Gat InvalidExptime")]
    [InlineData("gat 0 K251\r\n", "Bad Gat BadCommandLine")]
    [InlineData("gats 0 a K251 b\r\n", "Bad Gats BadCommandLine")]
    public void Gat_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("set k 0 0 1\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("add k 1 2 3\r\n", "Add key=k flags=1 exptime=2 bytes=3")]
    [InlineData("replace k 1 -2 3\r\n", "Replace key=k flags=1 exptime=-2 bytes=3")]
    [InlineData("append k 1 2 3\r\n", "Append key=k flags=1 exptime=2 bytes=3")]
    [InlineData("prepend k 1 2 3\r\n", "Prepend key=k flags=1 exptime=2 bytes=3")]
    [InlineData("cas k 1 2 3 4\r\n", "Cas key=k flags=1 exptime=2 bytes=3 cas=4")]
    [InlineData("cas k 1 2 3 18446744073709551615 noreply\r\n", "Cas key=k flags=1 exptime=2 bytes=3 cas=18446744073709551615 noreply")]
    [InlineData("set  k  0  0  0  \r\n", "Set key=k flags=0 exptime=0 bytes=0")]
    [InlineData("set K250 0 0 1\r\n", "Set key=K250 flags=0 exptime=0 bytes=1")]
    [InlineData("set \t\0\xff 0 0 1\r\n", "Set key=\t\0\xff flags=0 exptime=0 bytes=1")]
    [InlineData("set k 0 0 1 noreply\r\n", "Set key=k flags=0 exptime=0 bytes=1 noreply")]
    [InlineData("set k 0 0 1 noreply  \r\n", "Set key=k flags=0 exptime=0 bytes=1 noreply")]
    [InlineData("set k 0 0 1 x y noreply\r\n", "Set key=k flags=0 exptime=0 bytes=1 noreply")]
    [InlineData("set k 0 0 1 x\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("set k 0 0 1 noreplyx\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("set k 0 0 1 xnoreply\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("set k 0 0 1 noreply x\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("set k 0 0 1 NOREPLY\r\n", "Set key=k flags=0 exptime=0 bytes=1")]
    [InlineData("set noreply 0 0 1\r\n", "Set key=noreply flags=0 exptime=0 bytes=1")]
    [InlineData("cas k 0 0 1 2 3 noreply\r\n", "Cas key=k flags=0 exptime=0 bytes=1 cas=2 noreply")]
    public void Set_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("set\r\n")]
    [InlineData("set k\r\n")]
    [InlineData("set k 0\r\n")]
    [InlineData("set k 0 0\r\n")]
    [InlineData("set k noreply\r\n")]
    [InlineData("set k 0 0 noreply\r\n")]
    [InlineData("set k 0 0 x noreply\r\n")]
    [InlineData("set k 0 0 -1\r\n")]
    [InlineData("set k 0 0 -\r\n")]
    [InlineData("set k 0 0 +1\r\n")]
    [InlineData("set k 0 0 1x\r\n")]
    [InlineData("set k 0 0 1.0\r\n")]
    [InlineData("set k 0 0 2147483646\r\n")]
    [InlineData("set k 0 0 2147483648\r\n")]
    [InlineData("set k 0 0 4294967296\r\n")]
    [InlineData("set k 0 0 4294967297\r\n")]
    [InlineData("set k 0 0 000000000001\r\n")]
    [InlineData("set K251 x x x\r\n")]
    public void Set_without_a_length_swallows_nothing_and_is_answered(string line) => Check(line, "Bad Set BadCommandLine");

    [Theory]
    [InlineData("set K251 0 0 5\r\n", "Bad Set BadCommandLine swallow=7")]
    [InlineData("set k x 0 5\r\n", "Bad Set BadCommandLine swallow=7")]
    [InlineData("set k -1 0 5\r\n", "Bad Set BadCommandLine swallow=7")]
    [InlineData("set k +1 0 5\r\n", "Bad Set BadCommandLine swallow=7")]
    [InlineData("set k 4294967296 0 5\r\n", "Bad Set BadCommandLine swallow=7")]
    [InlineData("set k 0 x 0\r\n", "Bad Set BadCommandLine swallow=2")]
    [InlineData("set k 0 - 0\r\n", "Bad Set BadCommandLine swallow=2")]
    [InlineData("set k 0 2147483648 5 noreply\r\n", "Bad Set BadCommandLine swallow=7 noreply")]
    [InlineData("set k x 0 2147483645\r\n", "Bad Set BadCommandLine swallow=2147483647")]
    [InlineData("add K251 0 0 5 noreply\r\n", "Bad Add BadCommandLine swallow=7 noreply")]
    [InlineData("cas k 0 0 5\r\n", "Bad Cas BadCommandLine swallow=7")]
    [InlineData("cas k 0 0 5 noreply\r\n", "Bad Cas BadCommandLine swallow=7 noreply")]
    [InlineData("cas k 0 0 5 -1\r\n", "Bad Cas BadCommandLine swallow=7")]
    [InlineData("cas k 0 0 5 18446744073709551616\r\n", "Bad Cas BadCommandLine swallow=7")]
    public void Set_with_a_length_and_another_mistake_swallows_its_data(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("delete k\r\n", "Delete key=k")]
    [InlineData("delete k noreply\r\n", "Delete key=k noreply")]
    [InlineData("delete k 0\r\n", "Delete key=k")]
    [InlineData("delete k 0 noreply \r\n", "Delete key=k noreply")]
    [InlineData("delete K250  \r\n", "Delete key=K250")]
    [InlineData("delete noreply\r\n", "Delete key=noreply")]
    [InlineData("delete noreply noreply\r\n", "Delete key=noreply noreply")]
    [InlineData("delete\r\n", "Bad Delete BadCommandLine")]
    [InlineData("delete K251\r\n", "Bad Delete BadCommandLine")]
    [InlineData("delete K251 noreply\r\n", "Bad Delete BadCommandLine noreply")]
    [InlineData("delete k 10\r\n", "Bad Delete DeleteUsage")]
    [InlineData("delete k 00\r\n", "Bad Delete DeleteUsage")]
    [InlineData("delete k 0 0\r\n", "Bad Delete DeleteUsage")]
    [InlineData("delete k a\r\n", "Bad Delete DeleteUsage")]
    [InlineData("delete k 10 noreply\r\n", "Bad Delete DeleteUsage noreply")]
    [InlineData("delete k noreply 0\r\n", "Bad Delete DeleteUsage")]
    [InlineData("delete k noreply noreply\r\n", "Bad Delete DeleteUsage noreply")]
    public void Delete_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("incr k 1\r\n", "Incr key=k delta=1")]
    [InlineData("decr k 18446744073709551615 noreply\r\n", "Decr key=k delta=18446744073709551615 noreply")]
    [InlineData("incr k 1 2 3\r\n", "Incr key=k delta=1")]
    [InlineData("incr K250 0\r\n", "Incr key=K250 delta=0")]
    [InlineData("incr\r\n", "Bad Incr BadCommandLine")]
    [InlineData("incr k\r\n", "Bad Incr BadCommandLine")]
    [InlineData("incr noreply\r\n", "Bad Incr BadCommandLine")]
    [InlineData("incr k noreply\r\n", "Bad Incr InvalidDelta noreply")]
    [InlineData("decr k -1\r\n", "Bad Decr InvalidDelta")]
    [InlineData("incr k +1\r\n", "Bad Incr InvalidDelta")]
    [InlineData("incr k 1a\r\n", "Bad Incr InvalidDelta")]
    [InlineData("incr k 18446744073709551616\r\n", "Bad Incr InvalidDelta")]
    [InlineData("incr K251 x\r\n", "Bad Incr BadCommandLine")]
    [InlineData("incr K251 1 noreply\r\n", "Bad Incr BadCommandLine noreply")]
    public void Incr_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("touch k 0\r\n", "Touch key=k exptime=0")]
    [InlineData("touch k -1 noreply\r\n", "Touch key=k exptime=-1 noreply")]
    [InlineData("touch k 100 x\r\n", "Touch key=k exptime=100")]
    [InlineData("touch\r\n", "Bad Touch BadCommandLine")]
    [InlineData("touch k\r\n", "Bad Touch BadCommandLine")]
    [InlineData("touch noreply\r\n", "Bad Touch BadCommandLine")]
    [InlineData("touch k noreply\r\n", "Bad Touch InvalidExptime noreply")]
    [InlineData("touch k x\r\n", "Bad Touch InvalidExptime")]
    [InlineData("touch k 2147483648\r\n", "Bad Touch InvalidExptime")]
    [InlineData("touch K251 x\r\n", "Bad Touch BadCommandLine")]
    public void Touch_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("flush_all\r\n", "FlushAll")]
    [InlineData("flush_all \r\n", "FlushAll")]
    [InlineData("flush_all noreply\r\n", "FlushAll noreply")]
    [InlineData("flush_all 0\r\n", "FlushAll exptime=0")]
    [InlineData("flush_all -5\r\n", "FlushAll exptime=-5")]
    [InlineData("flush_all 10 noreply\r\n", "FlushAll exptime=10 noreply")]
    [InlineData("flush_all 10 20 x\r\n", "FlushAll exptime=10")]
    [InlineData("flush_all x\r\n", "Bad FlushAll InvalidExptime")]
    [InlineData("flush_all noreply x\r\n", "Bad FlushAll InvalidExptime")]
    [InlineData("flush_all noreply noreply\r\n", "Bad FlushAll InvalidExptime noreply")]
    [InlineData("flush_all 2147483648\r\n", "Bad FlushAll InvalidExptime")]
    [InlineData("verbosity 0\r\n", "Verbosity level=0")]
    [InlineData("verbosity 1 noreply\r\n", "Verbosity level=1 noreply")]
    [InlineData("verbosity 2 x\r\n", "Verbosity level=2")]
    [InlineData("verbosity 4294967295\r\n", "Verbosity level=2")]
    [InlineData("verbosity 00000000001\r\n", "Verbosity level=1")]
    [InlineData("verbosity\r\n", "Bad Verbosity BadCommandLine")]
    [InlineData("verbosity noreply\r\n", "Bad Verbosity BadCommandLine noreply")]
    [InlineData("verbosity invalid\r\n", "Bad Verbosity BadCommandLine")]
    [InlineData("verbosity -1\r\n", "Bad Verbosity BadCommandLine")]
    [InlineData("verbosity 4294967296\r\n", "Bad Verbosity BadCommandLine")]
    [InlineData("verbosity 000000000001\r\n", "Bad Verbosity BadCommandLine")]
    [InlineData("version\r\n", "Version")]
    [InlineData("version x noreply\r\n", "Version")]
    [InlineData("quit\r\n", "Quit")]
    [InlineData("quit noreply\r\n", "Quit")]
    [InlineData("stats\r\n", "Stats words=[] rest=[]")]
    [InlineData("stats   \r\n", "Stats words=[] rest=[]")]
    [InlineData("stats noreply\r\n", "Stats words=[noreply] rest=[noreply]")]
    [InlineData("stats  cachedump  1 100 \r\n", "Stats words=[cachedump|1|100] rest=[cachedump  1 100 ]")]
    [InlineData("shutdown\r\n", "Shutdown words=[] rest=[]")]
    [InlineData("shutdown graceful\r\n", "Shutdown words=[graceful] rest=[graceful]")]
    [InlineData("shutdown noreply\r\n", "Shutdown words=[noreply] rest=[noreply] noreply")]
    public void Administrative_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("\r\n")]
    [InlineData("\n")]
    [InlineData("a\r\n")]
    [InlineData(" \r\n")]
    [InlineData("ab\n")]
    [InlineData("mn\n")]
    public void Line_shorter_than_four_bytes_is_bad(string line) => Check(line, "Bad None BadCommandLine");

    [Theory]
    [InlineData("ab\r\n", "")]
    [InlineData("   \n", "")]
    [InlineData("foo bar\r\n", "")]
    [InlineData("Get a\r\n", "")]
    [InlineData(" get a\r\n", "")]
    [InlineData(" flush_all\r\n", "")]
    [InlineData("get\ta\r\n", "")]
    [InlineData("geta b\r\n", "")]
    [InlineData("getss b\r\n", "")]
    [InlineData("ge b\r\n", "")]
    [InlineData("incx k 1\r\n", "")]
    [InlineData("tousch k 1\r\n", "")]
    [InlineData("deleto k\r\n", "")]
    [InlineData("flus__all\r\n", "")]
    [InlineData("verbisity 1\r\n", "")]
    [InlineData("verxsion\r\n", "")]
    [InlineData("shutdowns\r\n", "")]
    [InlineData("\0\0\0\0\r\n", "")]
    [InlineData("\x80\x00\x00\x05\n", "")]
    [InlineData("foo noreply\r\n", " noreply")]
    [InlineData("noreply\r\n", " noreply")]
    [InlineData(" noreply\r\n", " noreply")]
    [InlineData(" get a noreply  \r\n", " noreply")]
    [InlineData("HTTP/1.1\r\n", "")]
    [InlineData("foo HTTP\r\n", "")]
    [InlineData("foo http/1.1\r\n", "")]
    [InlineData("foo HTTP/1.1 x\r\n", "")]
    public void Unknown_command_is_an_error(string line, string noReply) => Check(line, "Bad None UnknownCommand" + noReply);

    [Theory]
    [InlineData("GET / HTTP/1.0\r\n")]
    [InlineData("PUT /asdf/asd/fasdfasdf/sadf HTTP/1.1\r\n")]
    [InlineData("DELETE HTTP/1.1\r\n")]
    [InlineData("POST /flush_all HTTP/1.1  \r\n")]
    [InlineData(" x HTTP/\r\n")]
    public void Http_line_is_foreign(string line) => Check(line, "Bad None ForeignProtocol");

    [Fact]
    public void Only_one_carriage_return_belongs_to_the_line_end() =>
        Assert.Equal("Get key=a\r words=[a\r] rest=[a\r] line=8", Said.Parse("get a\r\r\n"));

    [Fact]
    public void Http_word_behind_a_known_command_is_an_argument() =>
        Check("get / HTTP/1.1\r\n", "Get key=/ words=[/|HTTP/1.1] rest=[/ HTTP/1.1]");

    [Fact]
    public void Noreply_behind_thirty_words_is_seen() =>
        Check($"set k 0 0 1 {string.Concat(Enumerable.Repeat("x ", 30))}noreply\r\n", "Set key=k flags=0 exptime=0 bytes=1 noreply");
}
