using System.Globalization;
using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>One of the options that stand behind <c>-o</c>, separated by commas.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Argument">Whether it has a value; one that has none ignores a value given, as memcached does.</param>
/// <param name="Apply">Sets it; null when the value is none that it takes. The value is empty when none was given.</param>
/// <param name="Expected">The values it takes, behind the word "give"; or, of one that is refused, what there is instead.</param>
internal sealed record SubOption(string Name, ArgumentKind Argument, Func<ServerOptions, string, ServerOptions?>? Apply, string Expected)
{
    /// <summary>A switch of the server.</summary>
    public static SubOption Switch(string name, Func<ServerOptions, ServerOptions> set) =>
        new(name, ArgumentKind.None, (options, _) => set(options), string.Empty);

    /// <summary>A switch without effect here.</summary>
    public static SubOption Tune(string name, Func<MemcachedTuning, MemcachedTuning> set) =>
        Switch(name, options => options with { Tuning = set(options.Tuning) });

    /// <summary>A whole number of the server's settings.</summary>
    public static SubOption Whole(string name, long least, long most, Func<ServerOptions, long, ServerOptions> set, string unit = "") =>
        new(name, ArgumentKind.Required, (options, value) => TryWhole(value, least, most, out long number) ? set(options, number) : null,
            string.Create(CultureInfo.InvariantCulture, $"{least} to {most}{unit}"));

    /// <summary>A whole number without effect here.</summary>
    public static SubOption Tune(string name, long least, long most, Func<MemcachedTuning, long, MemcachedTuning> set, string unit = "") =>
        Whole(name, least, most, (options, number) => options with { Tuning = set(options.Tuning, number) }, unit);

    /// <summary>A real number above 0 without effect here.</summary>
    public static SubOption TuneReal(string name, double most, Func<MemcachedTuning, double, MemcachedTuning> set) =>
        new(name, ArgumentKind.Required,
            (options, value) => TryReal(value, out double number) && number > 0 && number <= most
                ? options with { Tuning = set(options.Tuning, number) }
                : null,
            string.Create(CultureInfo.InvariantCulture, $"a number above 0{(most < double.MaxValue ? $" and at most {most}" : "")}"));

    /// <summary>One that is not served.</summary>
    public static SubOption Refused(string name, string instead) => new(name, ArgumentKind.Optional, null, instead);

    public static bool TryWhole(string text, long least, long most, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

    public static bool TryReal(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite,
            CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
