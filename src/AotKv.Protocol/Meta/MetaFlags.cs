namespace AotKv.Protocol.Meta;

/// <summary>
/// The flags of meta commands. Each is one letter on the wire, and the bit of a flag is the distance of its letter from <c>A</c>. Which flag
/// means something depends on the command; all are accepted by all.
/// </summary>
[Flags]
public enum MetaFlags : ulong
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary><c>C(number)</c>: compare the CAS id.</summary>
    CompareCas = 1UL << ('C' - 'A'),

    /// <summary><c>D(number)</c>: the delta.</summary>
    Delta = 1UL << ('D' - 'A'),

    /// <summary><c>E(number)</c>: the CAS id the changed item gets.</summary>
    NewCas = 1UL << ('E' - 'A'),

    /// <summary><c>F(number)</c>: client flags to store.</summary>
    SetClientFlags = 1UL << ('F' - 'A'),

    /// <summary><c>I</c>: invalidate: mark as stale.</summary>
    Invalidate = 1UL << ('I' - 'A'),

    /// <summary><c>J(number)</c>: the number an item is created with.</summary>
    Initial = 1UL << ('J' - 'A'),

    /// <summary><c>L(anything)</c>: a hint to proxies, ignored.</summary>
    ProxyHint = 1UL << ('L' - 'A'),

    /// <summary><c>M(letter)</c>: the mode of ms and ma.</summary>
    Mode = 1UL << ('M' - 'A'),

    /// <summary><c>N(seconds)</c>: create on a miss.</summary>
    Vivify = 1UL << ('N' - 'A'),

    /// <summary><c>O(token)</c>: opaque, sent back as it came.</summary>
    Opaque = 1UL << ('O' - 'A'),

    /// <summary><c>P(anything)</c>: a path for proxies, ignored.</summary>
    ProxyPath = 1UL << ('P' - 'A'),

    /// <summary><c>R(seconds)</c>: win the right to recache when less time is left.</summary>
    Recache = 1UL << ('R' - 'A'),

    /// <summary><c>T(seconds)</c>: set the time to live.</summary>
    SetTtl = 1UL << ('T' - 'A'),

    /// <summary><c>b</c>: the key is base64.</summary>
    Base64Key = 1UL << ('b' - 'A'),

    /// <summary><c>c</c>: return the CAS id.</summary>
    Cas = 1UL << ('c' - 'A'),

    /// <summary><c>f</c>: return the client flags.</summary>
    ClientFlags = 1UL << ('f' - 'A'),

    /// <summary><c>h</c>: return whether the item was fetched before.</summary>
    Fetched = 1UL << ('h' - 'A'),

    /// <summary><c>k</c>: return the key.</summary>
    Key = 1UL << ('k' - 'A'),

    /// <summary><c>l</c>: return the seconds since the last access.</summary>
    LastAccess = 1UL << ('l' - 'A'),

    /// <summary><c>q</c>: quiet, see <see cref="MetaRequest.Hides"/>.</summary>
    Quiet = 1UL << ('q' - 'A'),

    /// <summary><c>s</c>: return the size of the value.</summary>
    Size = 1UL << ('s' - 'A'),

    /// <summary><c>t</c>: return the remaining time to live.</summary>
    Ttl = 1UL << ('t' - 'A'),

    /// <summary><c>u</c>: do not count as an access.</summary>
    NoBump = 1UL << ('u' - 'A'),

    /// <summary><c>v</c>: return the value.</summary>
    Value = 1UL << ('v' - 'A'),

    /// <summary><c>x</c>: md removes the value and keeps the item.</summary>
    RemoveValue = 1UL << ('x' - 'A'),
}
