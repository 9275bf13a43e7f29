using System.Text;
using AotKv.Protocol.Meta;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Puts the flags of a meta command into words: <c>flags=</c> sorted, <c>order=</c> as they are answered, and the arguments.</summary>
internal static class MetaSaid
{
    public static string Flags(ReadOnlySpan<byte> line, in Request request, in MetaRequest meta)
    {
        if (request.Verb == Verb.MetaNoop)
            return meta.Flags == MetaFlags.None ? "" : " mn with flags";
        string end = Said.Text(line[(request.KeyOffset + request.KeysLength)..]);
        if (meta.Verb != request.Verb || end is not ("\r\n" or "\n"))
            return " wrong verb or rest";

        var text = new StringBuilder();
        text.Append(" flags=").Append(Letters(meta.Flags)).Append(" order=").Append(Order(meta));
        Add(text, "mode", meta.Mode, MetaMode.None);
        Add(text, "C", meta.CompareCas, 0UL);
        Add(text, "D", meta.Delta, request.Verb == Verb.MetaDebug ? 0UL : 1UL);
        Add(text, "E", meta.NewCas, 0UL);
        Add(text, "F", meta.ClientFlags, 0U);
        Add(text, "J", meta.Initial, 0UL);
        Add(text, "N", meta.VivifyTtl, 0);
        Add(text, "R", meta.RecacheTtl, 0);
        Add(text, "T", meta.Ttl, 0);
        Add(text, "opaque", Said.Text(line.Slice(meta.OpaqueOffset, meta.OpaqueLength)), "");
        if (meta.Has(MetaFlags.Base64Key))
        {
            var key = new byte[Base64Key.MaxDecodedLength];
            text.Append(" decoded=").Append(Said.Text(key.AsSpan(0, Base64Key.Decode(line.Slice(request.KeyOffset, request.KeyLength), key))));
        }

        return text.ToString();
    }

    /// <summary>Adds a field that is not what it is when nothing was said.</summary>
    public static void Add<T>(StringBuilder text, string name, T value, T silent)
    {
        if (!EqualityComparer<T>.Default.Equals(value, silent))
            text.Append(' ').Append(name).Append('=').Append(value);
    }

    private static string Letters(MetaFlags flags) =>
        string.Concat(Enumerable.Range(0, 64).Where(bit => ((ulong)flags >> bit & 1) != 0).Select(bit => (char)('A' + bit)));

    private static string Order(MetaRequest meta)
    {
        var letters = new StringBuilder();
        for (ulong order = meta.Order; order != 0; order >>= 6)
            letters.Append((char)('@' + (int)(order & 63)));
        return letters.ToString();
    }
}
