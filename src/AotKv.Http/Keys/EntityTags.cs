using System.Globalization;
using AotKv.Engine;

namespace AotKv.Http.Keys;

/// <summary>An item's ETag is its revision in quotes.</summary>
internal static class EntityTags
{
    public static string Format(ulong revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>The revision that one tag names; false for a weak one, or one that no item of this server has.</summary>
    public static bool TryParse(ReadOnlySpan<char> tag, out ulong revision)
    {
        revision = 0;
        tag = tag.Trim();
        return tag.Length > 2 && tag[0] == '"' && tag[^1] == '"'
            && ulong.TryParse(tag[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out revision);
    }

    /// <summary>Whether a list of tags, or *, names a revision.</summary>
    public static bool Names(string list, ulong revision, bool weakly)
    {
        foreach (Range range in list.AsSpan().Split(','))
        {
            ReadOnlySpan<char> tag = list.AsSpan(range).Trim();
            if (weakly && tag.StartsWith("W/", StringComparison.Ordinal))
            {
                tag = tag[2..];
            }

            if (tag is "*" || (TryParse(tag, out ulong named) && named == revision))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Turns a write's conditions into the store's.</summary>
    /// <param name="ifMatch">The header If-Match.</param>
    /// <param name="ifNoneMatch">The header If-None-Match.</param>
    /// <param name="mode">Set, add or replace.</param>
    /// <param name="compare">The revision that the item must have; 0 any. No item has <see cref="ulong.MaxValue"/>.</param>
    /// <returns>False when the headers cannot be served together.</returns>
    public static bool TryConditions(string? ifMatch, string? ifNoneMatch, out StoreMode mode, out ulong compare)
    {
        mode = StoreMode.Set;
        compare = 0;
        if (ifNoneMatch != null)
        {
            mode = StoreMode.Add;
            return ifNoneMatch.Trim() == "*" && ifMatch == null;
        }

        if (ifMatch == null)
        {
            return true;
        }

        if (ifMatch.Trim() == "*")
        {
            mode = StoreMode.Replace;
            return true;
        }

        if (!TryParse(ifMatch, out compare))
        {
            // Several tags cannot be served; a tag that is not ours matches nothing.
            compare = ulong.MaxValue;
            return !ifMatch.Contains(',', StringComparison.Ordinal);
        }

        return true;
    }
}
