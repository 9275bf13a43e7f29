using System.Runtime.InteropServices;

namespace AotKv.Protocol.Meta;

/// <summary>
/// The flags of a meta command: which were given, their arguments, and the order of those that are answered. It holds offsets into the
/// bytes that were parsed, not the bytes. A number without its flag is 0, except for <see cref="Delta"/>.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public struct MetaRequest
{
    /// <summary>The flags given.</summary>
    public MetaFlags Flags;

    /// <summary>C: the CAS id the item must have (mg: with it the value is not sent).</summary>
    public ulong CompareCas;

    /// <summary>E: the CAS id the changed item gets.</summary>
    public ulong NewCas;

    /// <summary>D: the delta of ma; 1 when not given.</summary>
    public ulong Delta;

    /// <summary>J: the number ma creates an item with.</summary>
    public ulong Initial;

    /// <summary>F: the client flags to store.</summary>
    public uint ClientFlags;

    /// <summary>T: the expiry time as sent (see memcached's rules for its meaning).</summary>
    public int Ttl;

    /// <summary>N: the expiry time of an item that is created, as sent.</summary>
    public int VivifyTtl;

    /// <summary>R: the remaining time below which the client wins, as sent.</summary>
    public int RecacheTtl;

    /// <summary>O: offset of the opaque, its letter included, which is sent back, too.</summary>
    public int OpaqueOffset;

    /// <summary>O: length of the opaque with its letter, 1 to 32; 0 when there is none.</summary>
    public byte OpaqueLength;

    /// <summary>M: what ms and ma do.</summary>
    public MetaMode Mode;

    /// <summary>The command.</summary>
    public Verb Verb;

    // The letters of flags that are answered, and of T and N, in the order of the request: six bits each, the first in the lowest, the
    // letter's distance from the byte before A. A letter comes once and each command has ten such letters at most.
    internal ulong Order;

    // Of the mistakes seen so far the one to answer.
    internal ProtocolError Error;

    internal const int OrderBits = 6;
    internal const int OrderMask = (1 << OrderBits) - 1;
    internal const int OrderBase = 'A' - 1;

    /// <summary>Says whether a flag was given.</summary>
    /// <param name="flag">One flag, or several: then whether one of them was.</param>
    public readonly bool Has(MetaFlags flag) => (Flags & flag) != 0;

    /// <summary>
    /// For a server whose items have no CAS ids: E sets none, and C compares with what no item has, unless it is 0, which every item has.
    /// </summary>
    public void ForgetCas()
    {
        NewCas = 0;
        if (CompareCas != 0)
            CompareCas = ulong.MaxValue;
        else if (Verb == Verb.MetaDelete)
            Flags &= ~MetaFlags.CompareCas;
    }

    /// <summary>
    /// Says whether two flags were given in this order. Time to live and its changes are taken from left to right: <c>t T50</c> tells the
    /// old one, <c>T50 t</c> the new one; of <c>T</c> and <c>N</c> the last counts for an item that is created.
    /// </summary>
    /// <param name="first">T, N or t; for mg and ma only.</param>
    /// <param name="second">T, N or t.</param>
    public readonly bool Precedes(MetaFlags first, MetaFlags second)
    {
        bool seen = false;
        for (ulong order = Order; order != 0; order >>= OrderBits)
        {
            var flag = (MetaFlags)(1UL << ((int)(order & OrderMask) - 1));
            if (flag == second)
                return seen;
            seen |= flag == first;
        }

        return false;
    }

    /// <summary>
    /// Says whether the flag q keeps a reply from being sent. It hides what the client expects: mg <c>EN</c>, ms and md <c>HD</c>, ma
    /// <c>HD</c> and <c>VA</c>. Errors (lines that begin with <c>CLIENT_ERROR</c> or <c>SERVER_ERROR</c>) are always sent.
    /// </summary>
    /// <param name="status">The outcome.</param>
    public readonly bool Hides(MetaStatus status) => (Flags & MetaFlags.Quiet) != 0 && Verb switch
    {
        Verb.MetaGet => status == MetaStatus.Miss,
        Verb.MetaSet or Verb.MetaDelete => status == MetaStatus.Done,
        Verb.MetaArithmetic => status <= MetaStatus.Value,
        _ => false,
    };
}
