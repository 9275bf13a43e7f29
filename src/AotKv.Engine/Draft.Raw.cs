// Relies on: nothing; a value type that carries spans to the one place that writes records.
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>A record about to be written.</summary>
internal ref struct Draft
{
    public ReadOnlySpan<byte> Key;

    /// <summary>First part of the value.</summary>
    public ReadOnlySpan<byte> First;

    /// <summary>Second part of the value.</summary>
    public ReadOnlySpan<byte> Second;

    public long ExpiryMilliseconds;
    public uint ClientFlags;

    /// <summary>The revision to write; 0 draws the next.</summary>
    public ulong Revision;

    public readonly long ValueLength => (long)First.Length + Second.Length;

    public readonly byte Attributes => RecordLayout.AttributesFor(Key.Length, ValueLength, ClientFlags, ExpiryMilliseconds);

    public readonly void WriteTo(Record record, byte attributes, ulong revision) =>
        record.Write(attributes, revision, ClientFlags, ExpiryMilliseconds, Key, First, Second);
}

/// <summary>What an operation has got hold of outside its stripe lock, to use inside it.</summary>
internal struct Room
{
    /// <summary>Bytes of the record that found no room; set where the operation stopped.</summary>
    public long Needed;

    /// <summary>How often room was asked for.</summary>
    public int Attempts;

    private int _largePlusOne;

    /// <summary>A large segment that belongs to the operation, or -1.</summary>
    public int Large
    {
        readonly get => _largePlusOne - 1;
        set => _largePlusOne = value + 1;
    }
}
