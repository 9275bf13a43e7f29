using System.Collections;
using System.Globalization;

namespace AotKv.Server.Stats;

/// <summary>
/// The settings that memcached's <c>extstore</c> command changes, by the names <c>stats settings</c> shows, in its order. There is no such
/// storage here; they are kept so that a tool that sets one reads it back.
/// </summary>
internal sealed class ExternalStorageSettings : IEnumerable<(string Name, string Value)>
{
    private readonly Lock _lock = new();
    private readonly List<(string Name, string Value)> _values = // _lock
    [
        ("ext_item_size", "512"), ("ext_item_age", "4294967295"), ("ext_low_ttl", "0"), ("ext_recache_rate", "2000"),
        ("ext_wbuf_size", "4194304"), ("ext_compact_under", "0"), ("ext_drop_under", "0"), ("ext_max_sleep", "1000000"),
        ("ext_max_frag", "0.80"), ("ext_drop_unread", "no"),
    ];

    /// <summary>Sets one; false when there is none of the name, or the value is none for it.</summary>
    public bool TrySet(string name, string value)
    {
        string full = $"ext_{name}";
        string? shown = name switch
        {
            "max_frag" => double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double ratio)
                ? ratio.ToString("F2", CultureInfo.InvariantCulture)
                : null,
            "wbuf_size" => null, // fixed at the start
            _ => uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
                ? name == "drop_unread" ? (number == 0 ? "no" : "yes") : number.ToString(CultureInfo.InvariantCulture)
                : null,
        };
        lock (_lock)
        {
            int index = _values.FindIndex(one => one.Name == full);
            if (index < 0 || shown == null)
            {
                return false;
            }

            _values[index] = (full, shown);
            return true;
        }
    }

    public IEnumerator<(string Name, string Value)> GetEnumerator()
    {
        lock (_lock)
        {
            return _values.ToArray().AsEnumerable().GetEnumerator();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
