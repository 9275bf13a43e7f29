using AotKv.Protocol;
using AotKv.Protocol.Binary;
using BenchmarkDotNet.Attributes;

namespace AotKv.Bench;

/// <summary>The binary protocol: bytes to requests, outcomes to bytes.</summary>
public class BinaryBenchmarks
{
    private const int KeyBytes = 16;
    private const int ExtrasBytes = 8;
    private const int ValueBytes = 100;

    private readonly byte[] _get = Packet(opcode: 0x0c, extras: 0, value: 0);
    private readonly byte[] _set = Packet(opcode: 0x01, ExtrasBytes, ValueBytes);
    private readonly byte[] _key = new byte[KeyBytes];
    private readonly byte[] _reply = new byte[512];
    private readonly BinaryRequest _request;

    public BinaryBenchmarks() => BinaryParser.Parse(_get, out _request);

    [Benchmark]
    public ParseStatus ParseGet() => BinaryParser.Parse(_get, out _);

    [Benchmark]
    public ParseStatus ParseSet() => BinaryParser.Parse(_set, out _);

    [Benchmark]
    public int ComposeValueHead() => BinaryComposer.ValueHead(_reply, _request, _key, 7, ValueBytes, 1_700_000_000_000_000);

    [Benchmark]
    public int ComposeMiss() => BinaryComposer.Miss(_reply, _request, _key);

    [Benchmark]
    public int ComposeStored() => BinaryComposer.Empty(_reply, _request, 1_700_000_000_000_000);

    private static byte[] Packet(byte opcode, int extras, int value)
    {
        byte[] packet = new byte[BinaryParser.HeaderLength + extras + KeyBytes + value];
        packet[0] = 0x80;
        packet[1] = opcode;
        packet[3] = KeyBytes;
        packet[4] = (byte)extras;
        packet[11] = (byte)(extras + KeyBytes + value);
        return packet;
    }
}
