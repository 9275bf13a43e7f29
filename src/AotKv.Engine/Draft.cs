using System.Runtime.CompilerServices;
using AotKv.Engine.Log;

namespace AotKv.Engine;

/// <summary>A record about to be written.</summary>
internal ref struct Draft
{
    public ReadOnlySpan<byte> Key;

    /// <summary>What stands before the value: the CAS id of an item that has one of its own.</summary>
    public ReadOnlySpan<byte> Prefix;

    /// <summary>First part of the value.</summary>
    public ReadOnlySpan<byte> First;

    /// <summary>Second part of the value.</summary>
    public ReadOnlySpan<byte> Second;

    /// <summary>Blanks behind both parts.</summary>
    public int Blanks;

    public long ExpiryMilliseconds;

    /// <summary>The revision to write; 0 draws the next.</summary>
    public ulong Revision;

    public uint ClientFlags;
    public uint Namespace;
    public RecordKind Kind;

    /// <summary>Attributes beyond those that follow from the fields.</summary>
    public byte Extra;

    /// <summary>Further records of the same transaction follow.</summary>
    public bool HasMore;

    public readonly int ValueLength => Prefix.Length + First.Length + Second.Length + Blanks;

    public readonly byte Attributes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (byte)(RecordLayout.AttributesFor(Key.Length, ValueLength, ClientFlags, ExpiryMilliseconds)
            | Extra
            | (Namespace != 0 || Kind != RecordKind.Item || HasMore ? RecordLayout.Special : 0));
    }
}
