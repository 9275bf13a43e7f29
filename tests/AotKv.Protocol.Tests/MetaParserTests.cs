using AotKv.Protocol.Meta;
using AotKv.Protocol.Tests.Reference;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests;

/// <summary>Each rule of the meta commands as a line and what the parsers say of it.</summary>
public sealed class MetaParserTests
{
    // In the lines below, K250 stands for a key of 250 bytes and K251 for one of 251, O32 for an opaque of 32 bytes and O33 for one of 33.
    private static string Line(string text) =>
        text.Replace("K250", new string('k', 250), StringComparison.Ordinal)
            .Replace("K251", new string('k', 251), StringComparison.Ordinal)
            .Replace("O32", "O" + new string('o', 31), StringComparison.Ordinal)
            .Replace("O33", "O" + new string('o', 32), StringComparison.Ordinal);

    private static void Check(string line, string said)
    {
        line = Line(line) + "\r\n";
        said = Line(said);
        Assert.Equal(said.Replace("line", $"line={line.Length}", StringComparison.Ordinal), Said.Parse(line));
        Assert.Equal(ReferenceParser.Parse(line), Said.Parse(line));

        // A bare LF ends a line as well, and what stands behind the line does not matter.
        string bare = line.Replace("\r\n", "\n", StringComparison.Ordinal);
        if (bare.Length >= 4)
            Assert.Equal(said.Replace("line", $"line={bare.Length}", StringComparison.Ordinal), Said.Parse(bare));
        Assert.Equal(Said.Parse(line), Said.Parse(line + "get x\r\n"));
    }

    [Theory]
    [InlineData("mg k", "MetaGet key=k line flags= order=")]
    [InlineData("mg  k ", "MetaGet key=k line flags= order=")]
    [InlineData("mg K250 v", "MetaGet key=K250 line flags=v order=")]
    [InlineData("mg k v", "MetaGet key=k line flags=v order=")]
    [InlineData("mg k s v t", "MetaGet key=k line flags=stv order=st")]
    [InlineData("mg k t s v k O1 h f c l", "MetaGet key=k line flags=Ocfhklstv order=tskOhfcl opaque=O1")]
    [InlineData("mg k  l   c  ", "MetaGet key=k line flags=cl order=lc")]
    [InlineData("mg k vx kfoo", "MetaGet key=k line flags=kv order=k")]
    [InlineData("mg k O", "MetaGet key=k line flags=O order=O opaque=O")]
    [InlineData("mg k O32", "MetaGet key=k line flags=O order=O opaque=O32")]
    [InlineData("mg k t T50", "MetaGet key=k line flags=Tt order=tT T=50")]
    [InlineData("mg k T50 N30 t", "MetaGet key=k line flags=NTt order=TNt N=30 T=50")]
    [InlineData("mg k R-5 q u", "MetaGet key=k line flags=Rqu order= R=-5")]
    [InlineData("mg k E7 C8", "MetaGet key=k line flags=CE order= C=8 E=7")]
    [InlineData("mg k M Mx", "Bad MetaGet DuplicateFlag line")]
    [InlineData("mg k M", "MetaGet key=k line flags=M order=")]
    [InlineData("mg k I L P x Lhint Ppath", "Bad MetaGet DuplicateFlag line")]
    [InlineData("mg k I Lhint P/a/b x", "MetaGet key=k line flags=ILPx order=")]
    [InlineData("mg k c f h k l s t O T1 N1 R1 C1 E1 D1 J1 F1 I M", "MetaGet key=k line flags=CDEFIJMNORTcfhklst order=cfhklstOTN C=1 E=1 F=1 J=1 N=1 R=1 T=1 opaque=O")]
    [InlineData("mg k c f h k l s t O T1 N1 R1 C1 E1 D1 J1 F1 I M L", "Bad MetaGet TooManyFlags line")]
    [InlineData("mg", "Bad MetaGet BadCommandLine line")]
    [InlineData("mg ", "Bad MetaGet BadCommandLine line")]
    [InlineData("mg K251", "Bad MetaGet BadCommandLine line")]
    [InlineData("mg K251 ! S S", "Bad MetaGet BadCommandLine line")]
    [InlineData("mg k noreply", "Bad MetaGet InvalidFlag line")]
    [InlineData("mg a b c", "Bad MetaGet KeyNotBase64 line")]
    public void Meta_get_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("ms k 2", "MetaSet key=k bytes=2 line flags= order= mode=Set")]
    [InlineData("ms K250 2147483645 T0", "MetaSet key=K250 bytes=2147483645 line flags=T order= mode=Set")]
    [InlineData("ms k 0 c k s O1", "MetaSet key=k bytes=0 line flags=Ocks order=cksO mode=Set opaque=O1")]
    [InlineData("ms k 2 F32 T-1 C18446744073709551615 E5 I q", "MetaSet key=k bytes=2 line flags=CEFITq order= mode=Set C=18446744073709551615 E=5 F=32 T=-1")]
    [InlineData("ms k 2 MS", "MetaSet key=k bytes=2 line flags=M order= mode=Set")]
    [InlineData("ms k 2 ME", "MetaSet key=k bytes=2 line flags=M order= mode=Add")]
    [InlineData("ms k 2 MR", "MetaSet key=k bytes=2 line flags=M order= mode=Replace")]
    [InlineData("ms k 2 MA N30", "MetaSet key=k bytes=2 line flags=MN order= mode=Append N=30")]
    [InlineData("ms k 2 MPrepend", "MetaSet key=k bytes=2 line flags=M order= mode=Prepend")]
    [InlineData("ms k 2 M\0", "MetaSet key=k bytes=2 line flags=M order= mode=Set")]
    [InlineData("ms k 2 f h l t v x u", "MetaSet key=k bytes=2 line flags=fhltuvx order= mode=Set")]
    [InlineData("ms k 2 M", "Bad MetaSet InvalidSetMode swallow=4 line")]
    [InlineData("ms k 2 Ms", "Bad MetaSet InvalidSetMode swallow=4 line")]
    [InlineData("ms k 2 MI", "Bad MetaSet InvalidSetMode swallow=4 line")]
    [InlineData("ms k 2 M+", "Bad MetaSet InvalidSetMode swallow=4 line")]
    [InlineData("ms k 2 S2", "Bad MetaSet InvalidFlag swallow=4 line")]
    [InlineData("ms k 2 !", "Bad MetaSet BadCommandLine swallow=4 line")]
    [InlineData("ms k 2 Tx", "Bad MetaSet BadFlagNumber swallow=4 line")]
    [InlineData("ms k 2 c c", "Bad MetaSet DuplicateFlag swallow=4 line")]
    [InlineData("ms k 2147483645 b", "Bad MetaSet KeyNotBase64 swallow=2147483647 line")]
    [InlineData("ms K251 2", "Bad MetaSet BadCommandLine swallow=4 line")]
    [InlineData("ms k 2 O33", "Bad MetaSet OpaqueTooLong swallow=4 line")]
    [InlineData("ms k 2 c f h k l s t O T1 N1 R1 C1 E1 D1 J1 F1 I", "MetaSet key=k bytes=2 line flags=CDEFIJNORTcfhklst order=cksO mode=Set C=1 E=1 F=1 J=1 N=1 R=1 T=1 opaque=O")]
    [InlineData("ms k 2 c f h k l s t O T1 N1 R1 C1 E1 D1 J1 F1 I L", "Bad MetaSet TooManyFlags swallow=4 line")]
    [InlineData("ms", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k x", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k -1", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k -", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k +1", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k 2147483646", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k 4294967297", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k 000000000001", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms k S2 2", "Bad MetaSet BadCommandLine line")]
    [InlineData("ms K251 x", "Bad MetaSet BadCommandLine line")]
    public void Meta_set_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("md k", "MetaDelete key=k line flags= order=")]
    [InlineData("md k k Oab q", "MetaDelete key=k line flags=Okq order=kO opaque=Oab")]
    [InlineData("md k I T30 C5 E6 x F9", "MetaDelete key=k line flags=CEFITx order= C=5 E=6 F=9 T=30")]
    [InlineData("md k c t s v", "MetaDelete key=k line flags=cstv order=")]
    [InlineData("md k M!", "MetaDelete key=k line flags=M order=")]
    [InlineData("md k q noreply", "Bad MetaDelete InvalidFlag line")]
    [InlineData("md", "Bad MetaDelete BadCommandLine line")]
    [InlineData("md k O33", "Bad MetaDelete OpaqueTooLong line")]
    [InlineData("ma k", "MetaArithmetic key=k line flags= order= mode=Increment")]
    [InlineData("ma k v c t k O1 q", "MetaArithmetic key=k line flags=Ockqtv order=ctkO mode=Increment opaque=O1")]
    [InlineData("ma k D5 J13 N90 T60", "MetaArithmetic key=k line flags=DJNT order=NT mode=Increment D=5 J=13 N=90 T=60")]
    [InlineData("ma k MI", "MetaArithmetic key=k line flags=M order= mode=Increment")]
    [InlineData("ma k M+", "MetaArithmetic key=k line flags=M order= mode=Increment")]
    [InlineData("ma k MD", "MetaArithmetic key=k line flags=M order= mode=Decrement")]
    [InlineData("ma k M-1", "MetaArithmetic key=k line flags=M order= mode=Decrement")]
    [InlineData("ma k M\0", "MetaArithmetic key=k line flags=M order= mode=Increment")]
    [InlineData("ma k D0", "MetaArithmetic key=k line flags=D order= mode=Increment D=0")]
    [InlineData("ma k M", "Bad MetaArithmetic InvalidArithmeticMode line")]
    [InlineData("ma k MS", "Bad MetaArithmetic InvalidArithmeticMode line")]
    [InlineData("ma k Mi O33", "Bad MetaArithmetic InvalidArithmeticMode line")]
    [InlineData("ma k O33 Mi", "Bad MetaArithmetic InvalidArithmeticMode line")]
    [InlineData("ma k O33", "Bad MetaArithmetic OpaqueTooLong line")]
    [InlineData("ma k Dx", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k J", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k Fx", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k Mi Tx", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k Tx Mi", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k S", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k v v", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma !!! b", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma K251", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k c f h k l s t O T1 N1 R1 C1 E1 D1 J1 F1 I M L", "Bad MetaArithmetic InvalidOrDuplicateFlag line")]
    [InlineData("ma k !", "Bad MetaArithmetic BadCommandLine line")]
    [InlineData("ma", "Bad MetaArithmetic BadCommandLine line")]
    public void Meta_delete_and_arithmetic_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("me k", "MetaDebug key=k line flags= order=")]
    [InlineData("me Zm9v b", "MetaDebug key=Zm9v line flags=b order= decoded=foo")]
    [InlineData("me Zm9v b x", "MetaDebug key=Zm9v line flags=b order= decoded=foo")]
    [InlineData("me Zm9v x b", "MetaDebug key=Zm9v line flags= order=")]
    [InlineData("me Zm9v bx", "MetaDebug key=Zm9v line flags= order=")]
    [InlineData("me k q q Tx ! Q", "MetaDebug key=k line flags= order=")]
    [InlineData("me K250", "MetaDebug key=K250 line flags= order=")]
    [InlineData("me !!! b", "Bad MetaDebug BadCommandLine line")]
    [InlineData("me K251", "Bad MetaDebug BadCommandLine line")]
    [InlineData("me", "Bad MetaDebug BadCommandLine line")]
    [InlineData("mn", "MetaNoop line")]
    [InlineData("mn k v ! O33", "MetaNoop line")]
    [InlineData("mx k", "Bad None UnknownCommand line")]
    [InlineData("mgg k", "Bad None UnknownCommand line")]
    [InlineData("m  k", "Bad None UnknownCommand line")]
    [InlineData("mg\tk v", "Bad None UnknownCommand line")]
    [InlineData("MG k v", "Bad None UnknownCommand line")]
    [InlineData(" mg k v", "Bad None UnknownCommand line")]
    [InlineData("mm k noreply", "Bad None UnknownCommand noreply line")]
    public void Meta_debug_and_noop_line_is_read(string line, string said) => Check(line, said);

    [Theory]
    [InlineData("Tx", "BadFlagNumber")]
    [InlineData("T", "BadFlagNumber")]
    [InlineData("N", "BadFlagNumber")]
    [InlineData("R", "BadFlagNumber")]
    [InlineData("C", "BadFlagNumber")]
    [InlineData("E", "BadFlagNumber")]
    [InlineData("F", "BadCommandLine")]
    [InlineData("D", "BadFlagDelta")]
    [InlineData("J", "BadFlagInitial")]
    [InlineData("T2147483648", "BadFlagNumber")]
    [InlineData("N-2147483649", "BadFlagNumber")]
    [InlineData("R+1", "BadFlagNumber")]
    [InlineData("T-", "BadFlagNumber")]
    [InlineData("T000000000001", "BadFlagNumber")]
    [InlineData("C-1", "BadFlagNumber")]
    [InlineData("C18446744073709551616", "BadFlagNumber")]
    [InlineData("E00000000000000000000001", "BadFlagNumber")]
    [InlineData("F4294967296", "BadCommandLine")]
    [InlineData("F-1", "BadCommandLine")]
    [InlineData("D18446744073709551616", "BadFlagDelta")]
    [InlineData("J1x", "BadFlagInitial")]
    [InlineData("Fx Tx", "BadFlagNumber")]
    [InlineData("Tx Fx", "BadFlagNumber")]
    [InlineData("Tx Jx", "BadFlagInitial")]
    [InlineData("Jx Tx", "BadFlagNumber")]
    [InlineData("Jx Dx", "BadFlagDelta")]
    [InlineData("Fx O33", "BadCommandLine")]
    [InlineData("O33 Fx", "BadCommandLine")]
    [InlineData("O33 Tx", "BadFlagNumber")]
    [InlineData("Tx b", "KeyNotBase64")]
    [InlineData("b Tx", "KeyNotBase64")]
    [InlineData("Tx Q", "InvalidFlag")]
    [InlineData("Q T1 T1", "InvalidFlag")]
    [InlineData("T1 T1 Q", "DuplicateFlag")]
    [InlineData("b b", "DuplicateFlag")]
    [InlineData("1", "InvalidFlag")]
    [InlineData("[", "InvalidFlag")]
    [InlineData("_", "InvalidFlag")]
    [InlineData("`", "InvalidFlag")]
    [InlineData("@", "BadCommandLine")]
    [InlineData("{", "BadCommandLine")]
    [InlineData("\x7f", "BadCommandLine")]
    [InlineData("\x80", "BadCommandLine")]
    [InlineData("\xff", "BadCommandLine")]
    [InlineData("\tv", "BadCommandLine")]
    [InlineData("\0", "BadCommandLine")]
    [InlineData("T1 T1 !", "BadCommandLine")]
    [InlineData("Q !", "BadCommandLine")]
    [InlineData("O33", "OpaqueTooLong")]
    public void Bad_flags_are_answered_as_memcached_does(string flags, string error)
    {
        Check("mg k! " + flags, $"Bad MetaGet {error} line");
        Check("md k! " + flags, $"Bad MetaDelete {error} line");
        Check("ms k! 3 " + flags, $"Bad MetaSet {error} swallow=5 line");

        // The same behind a key that does not fit into the first block of the line.
        string key = new string('k', 70) + "!";
        Check($"mg {key} {flags}", $"Bad MetaGet {error} line");
        Check($"ms {key} 3 {flags}", $"Bad MetaSet {error} swallow=5 line");
    }

    [Theory]
    [InlineData("q q q q q q q q q q q q q q q q q q", "DuplicateFlag")]
    [InlineData("q q q q q q q q q q q q q q q q q q q", "TooManyFlags")]
    [InlineData("Q q q q q q q q q q q q q q q q q q q q", "TooManyFlags")]
    [InlineData("Q q q q q q q q q q q q q q q q q q q !", "BadCommandLine")]
    [InlineData("Q q q q q q q q q q q q q q q q q q q q !", "BadCommandLine")]
    [InlineData("Q q q q q q q q q q q q q q q q q q q q q !", "TooManyFlags")]
    public void Number_of_words_is_looked_at_before_the_flags(string flags, string error) => Check("mg k " + flags, $"Bad MetaGet {error} line");

    [Fact]
    public void Every_letter_is_known_or_not()
    {
        for (char letter = '!'; letter <= '\xff'; letter++)
        {
            string line = $"mg k {letter}1\r\n";
            Assert.Equal(ReferenceParser.Parse(line), Said.Parse(line));
        }
    }

    [Theory]
    [InlineData("mg Zm9v b k", "MetaGet key=Zm9v line flags=bk order=k decoded=foo")]
    [InlineData("mg AAA= b", "MetaGet key=AAA= line flags=b order= decoded=\0\0")]
    [InlineData("mg /+8= bx", "MetaGet key=/+8= line flags=b order= decoded=\xff\xef")]
    [InlineData("mg Zm9 b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9vZ b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9v= b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9v! b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9\t b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9v\t\t\t\t b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9- b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zh== b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zm9= b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg Zg==Zg== b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg ==== b", "Bad MetaGet KeyNotBase64 line")]
    [InlineData("mg = b", "Bad MetaGet KeyNotBase64 line")]
    public void Base64_key_is_read_only_as_it_is_written(string line, string said) => Check(line, said);

    [Fact]
    public void Base64_key_of_every_length_is_read()
    {
        var random = new Random(11);
        for (int length = 1; length <= Base64Key.MaxDecodedLength; length++)
        {
            var key = new byte[length];
            random.NextBytes(key);
            string line = $"mg {Convert.ToBase64String(key)} b v\r\n";
            Assert.EndsWith("decoded=" + Said.Text(key), Said.Parse(line), StringComparison.Ordinal);
            Assert.Equal(ReferenceParser.Parse(line), Said.Parse(line));
        }

        // One byte more, and the line has a key of 252 letters.
        Check($"mg {Convert.ToBase64String(new byte[Base64Key.MaxDecodedLength + 1])} b v", "Bad MetaGet BadCommandLine line");
    }

    [Fact]
    public void Flags_at_every_place_of_the_line_are_read()
    {
        for (int keyLength = 1; keyLength <= 250; keyLength++)
        {
            string key = new('k', keyLength);
            foreach (string start in (string[])[$"mg {key}", $"ms {key} 100", $"mg {key}   ", $"ma  {key}"])
            {
                string line = start + " s v T30 Oopaque q c\r\n";
                Assert.Contains(" T=30 opaque=Oopaque", Said.Parse(line), StringComparison.Ordinal);
                Assert.Equal(ReferenceParser.Parse(line), Said.Parse(line));
            }
        }
    }

    [Fact]
    public void Flags_of_a_request_may_be_read_later_and_elsewhere()
    {
        byte[] first = Said.Bytes("mg key s v O1\r\nms other 5 T9 MA\r\n");
        Assert.Equal(ParseStatus.Done, TextParser.Parse(first, 0, out Request get));
        Assert.Equal(ParseStatus.Done, TextParser.Parse(first.AsSpan(get.LineLength), 0, out Request set));
        byte[] moved = [.. first.AsSpan(get.LineLength)];
        first.AsSpan().Clear();
        Assert.Equal(ParseStatus.Done, MetaParser.Parse(moved, ref set, out MetaRequest meta));
        Assert.Equal(MetaMode.Append, meta.Mode);
        Assert.Equal(9, meta.Ttl);
    }

    [Fact]
    public void Command_without_flags_is_left_alone()
    {
        byte[] line = Said.Bytes("set k 0 0 5\r\n");
        TextParser.Parse(line, 0, out Request request);
        Assert.Equal(ParseStatus.Done, MetaParser.Parse(line, ref request, out MetaRequest meta));
        Assert.Equal(MetaFlags.None, meta.Flags);
        Assert.Equal(5, request.ValueLength);
    }

    private static MetaRequest Parsed(string line)
    {
        byte[] input = Said.Bytes(line + "\r\n");
        Assert.Equal(ParseStatus.Done, TextParser.Parse(input, 0, out Request request));
        Assert.Equal(ParseStatus.Done, MetaParser.Parse(input, ref request, out MetaRequest meta));
        return meta;
    }

    [Theory]
    [InlineData("mg k t T50", true, false)]
    [InlineData("mg k T50 t", false, true)]
    [InlineData("mg k v t s T50", true, false)]
    [InlineData("mg k t", false, false)]
    [InlineData("mg k T50", false, false)]
    [InlineData("mg k v", false, false)]
    public void Order_of_flags_is_told(string line, bool before, bool behind)
    {
        MetaRequest meta = Parsed(line);
        Assert.Equal(before, meta.Precedes(MetaFlags.Ttl, MetaFlags.SetTtl));
        Assert.Equal(behind, meta.Precedes(MetaFlags.SetTtl, MetaFlags.Ttl));
    }

    [Theory]
    [InlineData("mg k", "")]
    [InlineData("mg k q", "Miss")]
    [InlineData("ms k 0", "")]
    [InlineData("ms k 0 q", "Done")]
    [InlineData("md k", "")]
    [InlineData("md k q", "Done")]
    [InlineData("ma k", "")]
    [InlineData("ma k q", "Done Value")]
    [InlineData("me k q", "")]
    public void Quiet_hides_what_the_client_expects(string line, string hidden)
    {
        MetaRequest meta = Parsed(line);
        Assert.Equal(hidden, string.Join(' ', Enum.GetValues<MetaStatus>().Where(status => meta.Hides(status))));
    }

    [Theory]
    [InlineData("lru tune 10 25 0.1 2.0 noreply", "Lru words=[tune|10|25|0.1|2.0|noreply] rest=[tune 10 25 0.1 2.0 noreply] noreply line")]
    [InlineData("lru", "Lru words=[] rest=[] line")]
    [InlineData("lru_crawler metadump  all ", "LruCrawler words=[metadump|all] rest=[metadump  all ] line")]
    [InlineData("slabs reassign 1 2", "Slabs words=[reassign|1|2] rest=[reassign 1 2] line")]
    [InlineData("watch fetchers noreply", "Watch words=[fetchers|noreply] rest=[fetchers noreply] line")]
    [InlineData("cache_memlimit 64 noreply", "CacheMemlimit words=[64|noreply] rest=[64 noreply] noreply line")]
    [InlineData("extstore drop_unread 1", "Extstore words=[drop_unread|1] rest=[drop_unread 1] line")]
    [InlineData("refresh_certs", "RefreshCerts words=[] rest=[] line")]
    [InlineData("debugtime p", "DebugTime words=[p] rest=[p] line")]
    [InlineData("debugitem lock k", "DebugItem words=[lock|k] rest=[lock k] line")]
    [InlineData("misbehave", "Misbehave words=[] rest=[] line")]
    [InlineData("lrus", "Bad None UnknownCommand line")]
    [InlineData("lru_crawlers all", "Bad None UnknownCommand line")]
    [InlineData("cache_memlimits 1", "Bad None UnknownCommand line")]
    [InlineData("refresh-certs", "Bad None UnknownCommand line")]
    [InlineData("debugtimes", "Bad None UnknownCommand line")]
    [InlineData(" slabs reassign 1 2", "Bad None UnknownCommand line")]
    public void Administrative_line_is_read_as_raw_words(string line, string said) => Check(line, said);
}
