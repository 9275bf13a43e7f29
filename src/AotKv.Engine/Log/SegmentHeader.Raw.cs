// Relies on: a block of at least SegmentHeader.Bytes that belongs to the caller. A header fits into one disk sector, so it is
// either the old one or the new one after a crash.
using System.Runtime.CompilerServices;
using AotKv.Engine.Native;

namespace AotKv.Engine.Log;

/// <summary>
/// The first bytes of a segment's file, little-endian.
/// <code>
///   0  8 bytes "AOTKVSEG"
///   8  u16 format version, 1
///  10  u8  shared 0, large 1; 5 bytes zero
///  16  u64 store id
///  24  u64 sequence
///  32  u64 bytes of the file
///  40  20 bytes zero
///  60  u32 CRC-32C of bytes 0 to 59
///  64  u64 progress: bytes from the start known to be durable
///  72  u64 progress: the durable revision then
///  80  u32 progress: 1 when sealed (then nothing follows the durable bytes)
///  84  40 bytes zero
/// 124  u32 CRC-32C of bytes 64 to 123 and of the sequence
/// </code>
/// The first half is written when a segment is made ready for use, and synced before it is used. The second half follows the syncs.
/// </summary>
internal static unsafe class SegmentHeader
{
    public const int Bytes = 128;
    public const ushort Version = 1;

    /// <summary>"AOTKVSEG" read as a little-endian number.</summary>
    public static readonly ulong Magic = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian("AOTKVSEG"u8);

    /// <summary>Where the format version is.</summary>
    public const int VersionAt = 8;

    private const int ChecksumAt = 60;
    private const int ProgressAt = 64;
    private const int ProgressChecksumAt = 124;

    /// <summary>Writes a header without progress.</summary>
    public static void Write(byte* at, ulong storeId, ulong sequence, long fileBytes, bool isLarge)
    {
        Unsafe.InitBlock(at, 0, Bytes);
        Endian.WriteU64(at, Magic);
        Endian.WriteU16(at + VersionAt, Version);
        at[10] = isLarge ? (byte)1 : (byte)0;
        Endian.WriteU64(at + 16, storeId);
        Endian.WriteU64(at + 24, sequence);
        Endian.WriteU64(at + 32, (ulong)fileBytes);
        Endian.WriteU32(at + ChecksumAt, Crc32C.Of(new ReadOnlySpan<byte>(at, ChecksumAt)));
        WriteProgress(at, sequence, Bytes, 0, isSealed: false);
    }

    /// <summary>Notes how far the segment is durable.</summary>
    public static void WriteProgress(byte* at, ulong sequence, long durableBytes, ulong durableRevision, bool isSealed)
    {
        Endian.WriteU64(at + ProgressAt, (ulong)durableBytes);
        Endian.WriteU64(at + ProgressAt + 8, durableRevision);
        Endian.WriteU32(at + ProgressAt + 16, isSealed ? 1u : 0u);
        Endian.WriteU32(at + ProgressChecksumAt, ProgressChecksum(at, sequence));
    }

    /// <summary>Reads a header.</summary>
    /// <param name="at">The file's first bytes.</param>
    /// <param name="fileBytes">The file's size.</param>
    /// <param name="header">What it says.</param>
    /// <returns>Null when it is good, otherwise what is wrong.</returns>
    public static string? Read(byte* at, long fileBytes, out Fields header)
    {
        header = default;
        if (fileBytes < Bytes || Endian.ReadU64(at) != Magic)
        {
            return "the magic \"AOTKVSEG\" is not there: this is not a segment of AotKv's log";
        }

        bool isWhole = Endian.ReadU32(at + ChecksumAt) == Crc32C.Of(new ReadOnlySpan<byte>(at, ChecksumAt));
        ushort version = Endian.ReadU16(at + VersionAt);
        if (version != Version)
        {
            header.IsOtherVersion = isWhole;
            return ExplainVersion(version, Version);
        }

        if (!isWhole)
        {
            return "the header's checksum is wrong";
        }

        ulong sequence = Endian.ReadU64(at + 24);
        if (Endian.ReadU64(at + 32) != (ulong)fileBytes)
        {
            return $"the header says {Endian.ReadU64(at + 32)} bytes, and the file has {fileBytes}";
        }

        bool hasProgress = Endian.ReadU32(at + ProgressChecksumAt) == ProgressChecksum(at, sequence);
        header = new Fields
        {
            IsLarge = at[10] != 0,
            StoreId = Endian.ReadU64(at + 16),
            Sequence = sequence,
            DurableBytes = hasProgress ? Math.Min((long)Endian.ReadU64(at + ProgressAt), fileBytes) : Bytes,
            DurableRevision = hasProgress ? Endian.ReadU64(at + ProgressAt + 8) : 0,
            IsSealed = hasProgress && Endian.ReadU32(at + ProgressAt + 16) == 1,
        };
        return null;
    }

    /// <summary>Why a file of another version is not read.</summary>
    public static string ExplainVersion(ushort found, ushort known) =>
        System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(found) == known
            ? "the format version is in big-endian byte order, and the log is little-endian on every processor"
            : $"its format is version {found}, and this program knows version {known} only";

    private static uint ProgressChecksum(byte* at, ulong sequence) =>
        Crc32C.Finish(Crc32C.Append(
            Crc32C.Append(Crc32C.Start, new ReadOnlySpan<byte>(at + ProgressAt, ProgressChecksumAt - ProgressAt)), sequence));

    /// <summary>What a header says.</summary>
    internal record struct Fields
    {
        public bool IsLarge;
        public bool IsSealed;

        /// <summary>The header is whole, and of a version this program does not know.</summary>
        public bool IsOtherVersion;
        public ulong StoreId;
        public ulong Sequence;
        public long DurableBytes;
        public ulong DurableRevision;
    }
}
