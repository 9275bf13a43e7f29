using System.Runtime.CompilerServices;

namespace AotKv.Engine.Log;

/// <summary>
/// The bytes of a record. All fields are little-endian. docs/format.md says the same in prose; golden files pin it.
/// <code>
///  0  u32  checksum: CRC-32C in a durable log; in memory the second of the last access
///  4  u64  revision
/// 12  u8   attributes (below)
/// 13  u8   key length      (0 when Long)
/// 14  u16  value length    (0 when Long)
///     Long:    u32 value length, u16 key length, u16 zero
///     Flags:   u32 client flags
///     Expiry:  u64 milliseconds since 1970 (UTC)
///     Special: u32 namespace, u8 kind, u8 marks, u16 zero
///     key, value, zeros up to a multiple of 4
/// </code>
/// </summary>
internal static class RecordLayout
{
    public const int RevisionAt = 4;
    public const int AttributesAt = 12;
    public const int KeyLengthAt = 13;
    public const int ValueLengthAt = 14;

    /// <summary>Bytes of a header without any optional field.</summary>
    public const int HeaderBytes = 16;

    /// <summary>Records begin at multiples of this; the unit of a location in the index.</summary>
    public const int Alignment = 4;

    /// <summary>The largest key.</summary>
    public const int MaxKeyBytes = ushort.MaxValue;

    /// <summary>Attribute: key or value is too long for the short lengths.</summary>
    public const byte Long = 1;

    /// <summary>Attribute: client flags are there (absent means 0).</summary>
    public const byte Flags = 2;

    /// <summary>Attribute: an expiry time is there (absent means never).</summary>
    public const byte Expiry = 4;

    /// <summary>Attribute: namespace, kind and marks are there (absent means an item of the default namespace).</summary>
    public const byte Special = 8;

    /// <summary>Attribute: the client gave the key as base64 (memcached's meta flag b).</summary>
    public const byte BinaryKey = 16;

    /// <summary>Attribute: the item was invalidated and may be served while somebody fetches it anew (meta flag I).</summary>
    public const byte Stale = 32;

    /// <summary>Attribute: somebody was told to fetch the item anew (meta flag W). Set in place; not in the checksum.</summary>
    public const byte TokenSent = 64;

    /// <summary>Attribute: when it was written the key had an older record, which may still be somewhere in the log.</summary>
    public const byte Overwrites = 128;

    /// <summary>Which attributes say that an optional field is there.</summary>
    public const byte OptionalMask = Long | Flags | Expiry | Special;

    /// <summary>Which attributes a rewritten record takes over from the old one.</summary>
    public const byte KeptMask = BinaryKey | Stale | TokenSent;

    /// <summary>Mark: further records of the same transaction follow.</summary>
    public const byte More = 1;

    public const int LongBytes = 8;
    public const int FlagsBytes = 4;
    public const int ExpiryBytes = 8;
    public const int SpecialBytes = 8;

    /// <summary>Bytes from the start of a record to its key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int HeaderLength(byte attributes) =>
        (attributes & OptionalMask) == 0 ? HeaderBytes : HeaderLengthWithOptions(attributes);

    /// <summary>The attributes that follow from a record's fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte AttributesFor(int keyLength, long valueLength, uint clientFlags, long expiryMilliseconds) =>
        (byte)((keyLength > byte.MaxValue || valueLength > ushort.MaxValue ? Long : 0)
            | (clientFlags != 0 ? Flags : 0)
            | (expiryMilliseconds != 0 ? Expiry : 0));

    /// <summary>Bytes of a whole record, padding included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Size(byte attributes, int keyLength, long valueLength) =>
        (HeaderLength(attributes) + keyLength + valueLength + (Alignment - 1)) & ~(long)(Alignment - 1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int HeaderLengthWithOptions(byte attributes) =>
        HeaderBytes
        + ((attributes & Long) != 0 ? LongBytes : 0)
        + ((attributes & Flags) != 0 ? FlagsBytes : 0)
        + ((attributes & Expiry) != 0 ? ExpiryBytes : 0)
        + ((attributes & Special) != 0 ? SpecialBytes : 0);
}
