using System.Diagnostics;
using System.Globalization;

namespace AotKv.Top;

/// <summary>Two looks at a server as lines of text, plain ASCII.</summary>
internal static class TopView
{
    private const int BarWidth = 24;

    /// <summary>The lines.</summary>
    /// <param name="address">Where the server is.</param>
    /// <param name="before">The look before.</param>
    /// <param name="now">The last look.</param>
    public static IReadOnlyList<string> Lines(string address, StatsSample before, StatsSample now)
    {
        double seconds = Math.Max(1e-3, Stopwatch.GetElapsedTime(before.Timestamp, now.Timestamp).TotalSeconds);
        double gets = Rate("get_hits", "get_misses");
        double sets = Rate("cmd_set");
        double others = Rate("touch_hits", "touch_misses", "delete_hits", "delete_misses", "incr_hits", "incr_misses", "decr_hits", "decr_misses", "cmd_flush");
        double hits = now["get_hits"] - before["get_hits"];
        double all = hits + now["get_misses"] - before["get_misses"];
        double life = now.Sum("get_hits", "get_misses");
        string name = now.Has("aotkv_version") ? $"aotkv {now.Text("aotkv_version")}" : $"memcached {now.Text("version")}";
        List<string> lines =
        [
            $"{name} at {address}, up {Lasted(now["uptime"])}",
            "",
            Row("Requests/s", Count(gets + sets + others), $"get {Count(gets)}  set {Count(sets)}  other {Count(others)}"),
            Row("Hit ratio", Percent(all > 0 ? hits / all : null), $"since the start {Percent(life > 0 ? now["get_hits"] / life : null)}"),
            Row("Answered", Time(now.AnsweredWithin(0.99, before)), Answered(before, now)),
            Row("Items", Count(now["curr_items"]), $"written/s {Count(Rate("total_items"))}"),
            Row("Memory", Size(now["bytes"] + now["hash_bytes"]), Memory(now)),
            Row("Evicted/s", Count(Rate("evictions")), $"expired/s {Count(Rate("reclaimed", "crawler_reclaimed"))}  evicted unread in all {Count(now["evicted_unfetched"])}"),
            Row("Connections", Count(now["curr_connections"]), $"of {Count(now["max_connections"])}  new/s {Count(Rate("total_connections"))}  refused {Count(now["rejected_connections"])}"),
            Row("Network", Size(Rate("bytes_read")) + "/s", $"received, and {Size(Rate("bytes_written"))}/s sent"),
            Row("Processor", Percent(Rate("rusage_user", "rusage_system")), $"of a core  {Count(now["threads"])} threads{Busiest()}"),
        ];
        if (now.Has("data_directory"))
        {
            lines.Add(now.Text("data_directory") == "none"
                ? Row("Disk", "none", "items are in memory only")
                : Row("Disk", Size(now["segment_bytes"]), $"log  fsync {now.Text("fsync")}  syncs/s {Count(Rate("syncs"))}  {(now.Text("log_failure") == "none" ? "good" : "FAILED: " + now.Text("log_failure"))}"));
        }

        return lines;

        double Rate(params ReadOnlySpan<string> names) => Math.Max(0, now.Sum(names) - before.Sum(names)) / seconds;

        string Busiest() => now.Has("loop_busy_us") && now["threads"] > 0 ? $", busy {Percent(Rate("loop_busy_us") / 1e6 / now["threads"])}" : "";
    }

    private static string Answered(StatsSample before, StatsSample now)
    {
        string own = $"own round trip {Time(now.RoundTrip.TotalSeconds)}";
        return now.AnsweredWithin(0.5, before) is { } half ? $"99 % within; half within {Time(half)}; {own}" : $"{own}; more with --http at the server";
    }

    private static string Memory(StatsSample now)
    {
        double limit = now["limit_maxbytes"];
        double used = limit > 0 ? Math.Clamp((now["bytes"] + now["hash_bytes"]) / limit, 0, 1) : 0;
        int filled = (int)Math.Round(used * BarWidth);
        return $"[{new string('#', filled)}{new string('.', BarWidth - filled)}] of {Size(limit)}";
    }

    private static string Row(string label, string value, string more) => $"  {label,-12}{value,12}  {more}";

    private static string Count(double number) => number switch
    {
        >= 9.995e9 => Text($"{number / 1e9:0.0} G"),
        >= 9.995e6 => Text($"{number / 1e6:0.0} M"),
        >= 10 or 0 => Text($"{number:#,0}"),
        _ => Text($"{number:0.#}"),
    };

    private static string Size(double bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        int unit = 0;
        while (bytes >= 1023.5 && unit < units.Length - 1)
        {
            bytes /= 1024;
            unit++;
        }

        return unit == 0 || bytes >= 99.95 ? Text($"{bytes:0} {units[unit]}") : Text($"{bytes:0.0} {units[unit]}");
    }

    private static string Time(double? seconds) => seconds switch
    {
        null => "-",
        < 1e-3 => Text($"{seconds * 1e6:0} us"),
        < 1 => Text($"{seconds * 1e3:0.0} ms"),
        _ => Text($"{seconds:0.0} s"),
    };

    private static string Percent(double? share) => share is { } part ? Text($"{part * 100:0.0} %") : "-";

    private static string Lasted(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(seconds);
        return time.TotalDays >= 1 ? Text($"{(int)time.TotalDays} d {time.Hours} h")
            : time.TotalHours >= 1 ? Text($"{time.Hours} h {time.Minutes} min")
            : time.TotalMinutes >= 1 ? Text($"{time.Minutes} min {time.Seconds} s") : Text($"{time.Seconds} s");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
