using System.Globalization;

namespace AotKv.Perf.Cli;

/// <summary>Figures as people read them.</summary>
internal static class Units
{
    /// <summary>Nanoseconds as microseconds with a precision that fits.</summary>
    public static string Microseconds(double nanoseconds) =>
        (nanoseconds / 1000).ToString(nanoseconds < 10_000 ? "F2" : nanoseconds < 1_000_000 ? "F1" : "F0", CultureInfo.InvariantCulture);

    /// <summary>A count per second, with thousands apart.</summary>
    public static string Count(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Bytes as megabytes (2^20).</summary>
    public static string Megabytes(double bytes) => (bytes / (1 << 20)).ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>A ratio; of what was not measured, a dash.</summary>
    public static string Ratio(double ratio) => double.IsFinite(ratio) ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "-";
}
