using System.Buffers.Binary;

namespace AotKv.Engine.Hashing;

/// <summary>
/// Numbers nobody can guess, from the system's own source. The framework's RandomNumberGenerator would load OpenSSL for them, two megabytes
/// that a server without TLS does not need and that an image from scratch does not have; a version 4 GUID has 122 bits of the same source.
/// </summary>
internal static class RandomBits
{
    /// <summary>64 random bits.</summary>
    public static ulong Next()
    {
        // The fixed bits, version and variant, are in bytes 7 and 8: four bytes before them and four behind.
        Span<byte> bytes = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(bytes);
        bytes[9..13].CopyTo(bytes[4..]);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
