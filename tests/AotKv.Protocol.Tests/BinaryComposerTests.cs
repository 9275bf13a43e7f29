using AotKv.Protocol.Binary;
using AotKv.Protocol.Tests.Reference;

namespace AotKv.Protocol.Tests;

/// <summary>Binary responses, byte for byte.</summary>
public sealed class BinaryComposerTests
{
    private static readonly byte[] Key = [.. "key"u8];

    private static BinaryRequest Request(int opcode, int extras = 0)
    {
        byte[] packet = new BinaryPacket(opcode) { Key = Key, Extras = new byte[extras], Opaque = 0x01020304 }.ToBytes();
        Assert.Equal(ParseStatus.Done, BinaryParser.Parse(packet, out BinaryRequest request));
        return request;
    }

    private static string Response(
        int opcode, int status, ulong cas = 0, byte[]? extras = null, byte[]? key = null, byte[]? value = null, uint? bodyLength = null) =>
        Convert.ToHexString(new BinaryPacket(opcode)
        {
            Magic = 0x81,
            Opaque = 0x01020304,
            VBucket = status,
            Cas = cas,
            Extras = extras ?? [],
            Key = key ?? [],
            Value = value ?? [],
            BodyLength = bodyLength,
        }.ToBytes());

    private static string Hex(byte[] destination, int length) => Convert.ToHexString(destination.AsSpan(0, length));

    private readonly byte[] _destination = new byte[BinaryComposer.MaxHeadLength];

    [Fact]
    public void Empty_response_repeats_opcode_and_opaque() => Assert.Equal(
        Response(0x11, 0, 0x0102030405060708), Hex(_destination, BinaryComposer.Empty(_destination, Request(0x11, 8), 0x0102030405060708)));

    [Theory]
    [InlineData(BinaryStatus.NotFound, 0x01, "Not found")]
    [InlineData(BinaryStatus.Exists, 0x02, "Data exists for key.")]
    [InlineData(BinaryStatus.TooLarge, 0x03, "Too large.")]
    [InlineData(BinaryStatus.InvalidArguments, 0x04, "Invalid arguments")]
    [InlineData(BinaryStatus.NotStored, 0x05, "Not stored.")]
    [InlineData(BinaryStatus.NonNumeric, 0x06, "Non-numeric server-side value for incr or decr")]
    [InlineData(BinaryStatus.AuthError, 0x20, "Auth failure.")]
    [InlineData(BinaryStatus.UnknownCommand, 0x81, "Unknown command")]
    [InlineData(BinaryStatus.OutOfMemory, 0x82, "Out of memory")]
    [InlineData(BinaryStatus.AuthContinue, 0x21, "")]
    [InlineData(BinaryStatus.Ok, 0, "")]
    public void Error_has_memcacheds_code_and_text(BinaryStatus status, int code, string text) => Assert.Equal(
        Response(0x14, code, value: Said.Bytes(text)), Hex(_destination, BinaryComposer.Error(_destination, Request(0x14), status)));

    [Fact]
    public void Error_has_the_callers_text() => Assert.Equal(
        Response(0x01, 0x82, value: [.. BinaryReplies.OutOfMemoryStoring]),
        Hex(_destination, BinaryComposer.WithText(
            _destination, Request(0x01, 8), BinaryStatus.OutOfMemory, BinaryReplies.OutOfMemoryStoring)));

    [Theory]
    [InlineData(BinaryError.None, BinaryStatus.Ok, false)]
    [InlineData(BinaryError.BodyTooShort, BinaryStatus.UnknownCommand, true)]
    [InlineData(BinaryError.BodyTooLong, BinaryStatus.InvalidArguments, true)]
    [InlineData(BinaryError.BadShape, BinaryStatus.InvalidArguments, true)]
    [InlineData(BinaryError.UnknownOpcode, BinaryStatus.UnknownCommand, false)]
    public void Bad_request_has_memcacheds_answer(BinaryError error, BinaryStatus status, bool closes)
    {
        Assert.Equal(status, BinaryReplies.StatusOf(error));
        Assert.Equal(closes, BinaryReplies.Closes(error));
        Assert.True(BinaryReplies.Closes(BinaryError.BadMagic));
    }

    [Fact]
    public void Bad_request_is_answered_with_its_opcode_and_opaque()
    {
        byte[] packet = new BinaryPacket(0x7e) { Key = Key, Opaque = 0x01020304 }.ToBytes();
        Assert.Equal(ParseStatus.Bad, BinaryParser.Parse(packet, out BinaryRequest request));
        int length = BinaryComposer.Error(_destination, request, BinaryReplies.StatusOf(request.Error));
        Assert.Equal(Response(0x7e, 0x81, value: [.. "Unknown command"u8]), Hex(_destination, length));
    }

    [Theory]
    [InlineData(0x00, 0, false)]
    [InlineData(0x09, 0, false)]
    [InlineData(0x0c, 0, true)]
    [InlineData(0x0d, 0, true)]
    [InlineData(0x1d, 4, false)]
    [InlineData(0x1e, 4, false)]
    [InlineData(0x23, 4, true)]
    [InlineData(0x24, 4, true)]
    public void Value_and_miss_have_the_key_where_it_is_wanted(int opcode, int extras, bool withKey)
    {
        BinaryRequest request = Request(opcode, extras);
        int length = BinaryComposer.ValueHead(_destination, request, Key, 0x0a0b0c0d, 5, 99);
        byte[] expected = withKey ? Key : [];
        Assert.Equal(
            Response(opcode, 0, 99, [10, 11, 12, 13], expected, bodyLength: (uint)(4 + expected.Length + 5)), Hex(_destination, length));

        length = BinaryComposer.Miss(_destination, request, Key);
        Assert.Equal(Response(opcode, 1, key: expected, value: withKey ? [] : [.. "Not found"u8]), Hex(_destination, length));
    }

    [Fact]
    public void Touch_has_flags_and_no_value() => Assert.Equal(
        Response(0x1c, 0, 7, [0, 0, 0, 1]), Hex(_destination, BinaryComposer.Touched(_destination, Request(0x1c, 4), 1, 7)));

    [Fact]
    public void Number_is_eight_bytes() => Assert.Equal(
        Response(0x05, 0, 7, value: [0xff, 0, 0, 0, 0, 0, 0, 1]),
        Hex(_destination, BinaryComposer.Number(_destination, Request(0x05, 20), 0xff00000000000001, 7)));

    [Fact]
    public void Statistic_has_name_and_value_and_the_last_has_none()
    {
        Assert.Equal(
            Response(0x10, 0, key: [.. "pid"u8], value: [.. "123"u8]),
            Hex(_destination, BinaryComposer.Statistic(_destination, Request(0x10), "pid"u8, "123"u8)));
        Assert.Equal(Response(0x10, 0), Hex(_destination, BinaryComposer.Statistic(_destination, Request(0x10), default, default)));
    }

    [Fact]
    public void Texts_are_memcacheds()
    {
        Assert.Equal("1.6.45", Said.Text(BinaryReplies.Version));
        Assert.Equal("Authenticated", Said.Text(BinaryReplies.Authenticated));
        Assert.Equal("Out of memory allocating item", Said.Text(BinaryReplies.OutOfMemoryStoring));
        Assert.Equal("Out of memory incrementing value", Said.Text(BinaryReplies.OutOfMemoryCounting));
        Assert.Equal("Out of memory allocating new item", Said.Text(BinaryReplies.OutOfMemoryCreating));
    }

    [Fact]
    public void Longest_head_fits_and_less_room_throws()
    {
        BinaryRequest request = Request(0x0c);
        var key = new byte[250];
        Assert.Equal(BinaryComposer.MaxHeadLength, BinaryComposer.ValueHead(_destination, request, key, 1, int.MaxValue, 1));
        Assert.Throws<ArgumentException>(() => BinaryComposer.ValueHead(new byte[277], request, key, 1, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinaryComposer.Empty(new byte[23], request, 0));
        Assert.Throws<ArgumentException>(() => BinaryComposer.Error(new byte[30], request, BinaryStatus.NotFound));
    }
}
