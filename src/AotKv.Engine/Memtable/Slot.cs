using System.Runtime.CompilerServices;
using AotKv.Engine.Log;

namespace AotKv.Engine.Memtable;

/// <summary>
/// The bits of an index slot: 24 of the key's hash, whether it was ever read, two of access frequency, 37 of the record's
/// location. Zero is an empty slot (no record lies at offset 0 of a segment).
/// </summary>
internal static class Slot
{
    public const int TagBits = 24;
    public const int TagShift = 64 - TagBits;
    public const int FetchedShift = TagShift - 1;
    public const int FrequencyShift = FetchedShift - 2;
    public const ulong Fetched = 1UL << FetchedShift;
    public const ulong FrequencyMask = 3UL << FrequencyShift;
    public const ulong FrequencyOne = 1UL << FrequencyShift;
    public const ulong LocationMask = (1UL << SegmentGeometry.LocationBits) - 1;

    /// <summary>The part of a hash that a slot keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Tag(ulong hash) => (uint)(hash >> TagShift);

    /// <summary>A slot for a record nobody has read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Make(ulong hash, long location) => (hash >> TagShift << TagShift) | (ulong)location;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Location(ulong slot) => (long)(slot & LocationMask);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Frequency(ulong slot) => (int)((slot & FrequencyMask) >> FrequencyShift);

    /// <summary>The slot after one more read: fetched, and the frequency one higher up to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ulong slot) =>
        (slot & FrequencyMask) == FrequencyMask ? slot | Fetched : (slot + FrequencyOne) | Fetched;

    /// <summary>The slot with a record's new location and everything else as it was.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MovedTo(ulong slot, long location) => (slot & ~LocationMask) | (ulong)location;

    /// <summary>The slot with another frequency.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WithFrequency(ulong slot, int frequency) =>
        (slot & ~FrequencyMask) | ((ulong)frequency << FrequencyShift);
}
