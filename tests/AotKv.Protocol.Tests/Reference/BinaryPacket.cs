using System.Numerics;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Makes binary packets, right and wrong ones: lengths in the header may be others than those of the parts.</summary>
internal sealed record BinaryPacket(int Opcode)
{
    public byte[] Extras { get; init; } = [];

    public byte[] Key { get; init; } = [];

    public byte[] Value { get; init; } = [];

    public int Magic { get; init; } = 0x80;

    public uint Opaque { get; init; } = 0xdeadbeef;

    public ulong Cas { get; init; }

    public int? KeyLength { get; init; }

    public int? ExtrasLength { get; init; }

    public uint? BodyLength { get; init; }

    public int DataType { get; init; }

    public int VBucket { get; init; }

    /// <summary>A number of so many bytes, the highest first.</summary>
    public static byte[] BigEndian(BigInteger number, int bytes) =>
        [.. Enumerable.Range(0, bytes).Select(i => (byte)(int)((number >> (8 * (bytes - 1 - i))) & 255))];

    public byte[] ToBytes() =>
    [
        (byte)Magic, (byte)Opcode, .. BigEndian(KeyLength ?? Key.Length, 2), (byte)(ExtrasLength ?? Extras.Length), (byte)DataType,
        .. BigEndian(VBucket, 2), .. BigEndian(BodyLength ?? (uint)(Extras.Length + Key.Length + Value.Length), 4), .. BigEndian(Opaque, 4),
        .. BigEndian(Cas, 8), .. Extras, .. Key, .. Value,
    ];
}
