using AotKv.Protocol.Binary;
using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>Each rule of the binary protocol as a packet and what the parser says of it.</summary>
public sealed class BinaryParserTests
{
    private const string Tail = " opaque=3735928559";

    private static readonly byte[] Foo = [.. "foo"u8];

    // A packet that the parser takes for each opcode.
    private static BinaryPacket Good(int opcode)
    {
        byte[] extras = opcode switch
        {
            1 or 2 or 3 or 0x11 or 0x12 or 0x13 => [0, 0, 0, 5, 0xff, 0xff, 0xff, 0xfe],
            5 or 6 or 0x15 or 0x16 => [0, 0, 0, 0, 0, 0, 0, 7, 0x80, 0, 0, 0, 0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff],
            0x1c or 0x1d or 0x1e or 0x23 or 0x24 => [0, 0, 1, 0],
            _ => [],
        };
        bool hasKey = opcode is not (7 or 0x17 or 8 or 0x18 or 0x0a or 0x0b or 0x10 or 0x20);
        bool hasValue = opcode is 1 or 2 or 3 or 0x11 or 0x12 or 0x13 or 0x0e or 0x0f or 0x19 or 0x1a or 0x21 or 0x22;
        return new(opcode) { Extras = extras, Key = hasKey ? Foo : [], Value = hasValue ? [1, 2, 3, 4] : [] };
    }

    public static TheoryData<int> Served => [.. ReferenceBinaryParser.Served];

    [Theory]
    [InlineData(0x00, "00 Get key=[foo] value=0 head=27 cas=0")]
    [InlineData(0x01, "01 Set key=[foo] flags=5 exptime=4294967294 value=4 head=35 cas=0")]
    [InlineData(0x04, "04 Delete key=[foo] value=0 head=27 cas=0")]
    [InlineData(0x06, "06 Decrement key=[foo] delta=7 initial=9223372036854775817 exptime=4294967295 value=0 head=47 cas=0")]
    [InlineData(0x07, "07 Quit key=[] value=0 head=24 cas=0")]
    [InlineData(0x0d, "0d Get quiet withkey key=[foo] value=0 head=27 cas=0")]
    [InlineData(0x10, "10 Stat key=[] value=0 head=24 cas=0")]
    [InlineData(0x12, "12 Add quiet key=[foo] flags=5 exptime=4294967294 value=4 head=35 cas=0")]
    [InlineData(0x19, "19 Append quiet key=[foo] value=4 head=27 cas=0")]
    [InlineData(0x1c, "1c Touch key=[foo] exptime=256 value=0 head=31 cas=0")]
    [InlineData(0x21, "21 SaslAuth key=[foo] value=4 head=27 cas=0")]
    [InlineData(0x24, "24 Gat quiet withkey key=[foo] exptime=256 value=0 head=31 cas=0")]
    public void Request_is_read(int opcode, string said) => Assert.Equal(said + Tail, BinarySaid.Parse(Good(opcode).ToBytes()));

    [Theory]
    [MemberData(nameof(Served))]
    public void Request_of_every_opcode_reads_as_the_reference_says_however_it_is_cut(int opcode)
    {
        byte[] packet = (Good(opcode) with { Cas = ulong.MaxValue - 1, DataType = 7, VBucket = 65535 }).ToBytes();
        string whole = BinarySaid.Parse(packet);
        Assert.Equal(ReferenceBinaryParser.Parse(packet), whole);
        Assert.DoesNotContain("Bad", whole, StringComparison.Ordinal);
        Assert.Equal(whole, BinarySaid.Parse([.. packet, 0x80, 0x0a]));
        BinaryParser.Parse(packet, out BinaryRequest request);
        for (int cut = 0; cut < packet.Length; cut++)
            Assert.Equal(cut < request.HeadLength ? "NeedMore" : whole, BinarySaid.Parse(packet.AsSpan(0, cut)));
    }

    [Fact]
    public void Shape_of_every_opcode_is_checked_as_the_reference_says()
    {
        int[] extras = [0, 1, 3, 4, 5, 7, 8, 9, 12, 19, 20, 21, 24, 255];
        int[] keys = [0, 1, 249, 250, 251, 255, 256, 257, 300, 65535];
        for (int opcode = 0; opcode < 256; opcode++)
        {
            foreach (int extrasLength in extras)
            {
                foreach (int keyLength in keys)
                {
                    foreach (int value in (int[])[-1, 0, 1, 5])
                    {
                        long body = Math.Max(0, extrasLength + keyLength + value);
                        byte[] packet = (new BinaryPacket(opcode) with
                        {
                            Extras = new byte[extrasLength],
                            Key = new byte[keyLength],
                            BodyLength = (uint)body,
                        }).ToBytes();
                        Assert.Equal(ReferenceBinaryParser.Parse(packet), BinarySaid.Parse(packet));

                        // What is wrong with a header is said before anything behind it has come.
                        string head = BinarySaid.Parse(packet.AsSpan(0, 24));
                        Assert.Equal(ReferenceBinaryParser.Parse(packet[..24]), head);
                        Assert.True(head.StartsWith("Bad", StringComparison.Ordinal) == BinarySaid.Parse(packet).StartsWith("Bad", StringComparison.Ordinal));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1u << 30, "01 Set key=[foo] flags=0 exptime=0 value=1073741813 head=35 cas=0")]
    [InlineData((1u << 30) + 1, "Bad BodyTooLong")]
    [InlineData(int.MaxValue, "Bad BodyTooLong")]
    [InlineData(1u << 31, "Bad BodyTooLong")]
    [InlineData(uint.MaxValue, "Bad BodyTooLong")]
    [InlineData(10u, "Bad BodyTooShort")]
    [InlineData(0u, "Bad BodyTooShort")]
    [InlineData(11u, "01 Set key=[foo] flags=0 exptime=0 value=0 head=35 cas=0")]
    public void Body_of_any_announced_length_is_judged_by_its_header(uint bodyLength, string said)
    {
        byte[] packet = (new BinaryPacket(1) with { Extras = new byte[8], Key = Foo, BodyLength = bodyLength }).ToBytes();
        Assert.Equal(said + Tail, BinarySaid.Parse(packet));
    }

    [Theory]
    [InlineData(0x1b)]
    [InlineData(0x1f)]
    [InlineData(0x25)]
    [InlineData(0x30)]
    [InlineData(0x3c)]
    [InlineData(0xff)]
    public void Unknown_opcode_swallows_its_body_and_no_more(int opcode)
    {
        byte[] packet = (new BinaryPacket(opcode) with { Extras = new byte[2], Key = Foo, Value = new byte[100] }).ToBytes();
        Assert.Equal($"Bad UnknownOpcode swallow={packet.Length}{Tail}", BinarySaid.Parse(packet));
        Assert.Equal($"Bad UnknownOpcode swallow={packet.Length}{Tail}", BinarySaid.Parse(packet.AsSpan(0, 24)));
    }

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x81)]
    [InlineData('g')]
    public void First_byte_of_another_protocol_is_bad_at_once(int magic)
    {
        byte[] packet = (Good(0) with { Magic = magic }).ToBytes();
        for (int length = 1; length <= packet.Length; length++)
            Assert.Equal("Bad BadMagic", BinarySaid.Parse(packet.AsSpan(0, length)));
        Assert.Equal("NeedMore", BinarySaid.Parse([]));
    }

    [Fact]
    public void Generated_packets_read_as_the_reference_says()
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            var random = new Random(seed);
            for (int round = 0; round < 100_000; round++)
            {
                byte[] input = Generate(random);
                string expected = ReferenceBinaryParser.Parse(input);
                string actual = BinarySaid.Parse(input);
                Assert.True(expected == actual, $"seed {seed}, round {round}, {Convert.ToHexString(input)}: {expected} but {actual}");
            }
        }
    }

    private static byte[] Generate(Random random)
    {
        int opcode = random.Next(10) == 0 ? random.Next(256) : random.Next(0x26);
        BinaryPacket packet = Good(opcode) with
        {
            Opaque = (uint)random.NextInt64(),
            Cas = (ulong)random.NextInt64(),
            Key = new byte[random.Next(4) == 0 ? random.Next(260) : random.Next(4)],
        };
        random.NextBytes(packet.Key);
        random.NextBytes(packet.Extras);
        if (random.Next(10) == 0)
            packet = packet with { Extras = new byte[random.Next(30)] };
        if (random.Next(10) == 0)
            packet = packet with { BodyLength = (uint)random.NextInt64(1L << random.Next(1, 33)) };
        byte[] bytes = packet.ToBytes();
        for (int changes = random.Next(3) == 0 ? random.Next(1, 4) : 0; changes > 0; changes--)
            bytes[random.Next(Math.Min(bytes.Length, 40))] ^= (byte)(1 << random.Next(8));
        return random.Next(8) == 0 ? bytes[..random.Next(bytes.Length + 1)] : bytes;
    }

    [Fact]
    public void Only_authentication_and_version_are_allowed_before_a_login()
    {
        int[] allowed = [.. ReferenceBinaryParser.Served.Where(opcode =>
        {
            BinaryParser.Parse(Good(opcode).ToBytes(), out BinaryRequest request);
            return request.IsAllowedBeforeLogin;
        }).Order()];
        Assert.Equal([0x0b, 0x20, 0x21, 0x22], allowed);
    }

    [Fact]
    public void Bad_request_still_tells_its_command()
    {
        byte[] packet = (Good(0x0b) with { Key = Foo }).ToBytes();
        Assert.Equal(ParseStatus.Bad, BinaryParser.Parse(packet, out BinaryRequest request));
        Assert.Equal(BinaryCommand.Version, request.Command);
        Assert.Equal(BinaryOpcode.Version, request.Opcode);
    }

    [Fact]
    public void Every_opcode_has_a_name_and_no_other()
    {
        foreach (int opcode in ReferenceBinaryParser.Served)
            Assert.True(Enum.IsDefined((BinaryOpcode)opcode));
        Assert.Equal(ReferenceBinaryParser.Served.Count(), Enum.GetValues<BinaryOpcode>().Length);
    }

    [Theory]
    [InlineData(0x80, WireProtocol.Binary)]
    [InlineData(0x81, WireProtocol.Text)]
    [InlineData((byte)'g', WireProtocol.Text)]
    [InlineData(0x00, WireProtocol.Text)]
    public void Protocol_is_told_by_the_first_byte(byte first, WireProtocol protocol) =>
        Assert.Equal(protocol, ProtocolDetector.Detect(first));
}
