using System.Globalization;
using System.Text;
using AotKv.Perf.Driver;
using AotKv.Perf.Measure;
using AotKv.Perf.Servers;

namespace AotKv.Perf.Compare;

/// <summary>
/// The comparison as a picture: a bar for each case and server, its length the CPU per request against the first server's.
/// </summary>
internal static class CompareChart
{
    private const int LabelWidth = 190;
    private const int PlotWidth = 560;
    private const int BarHeight = 13;
    private const int GroupGap = 12;
    private const int Top = 64;
    private const double LongestRatio = 1.4;

    private static readonly string[] Colours = ["#8a8f98", "#2f6fde", "#c9a227", "#4c9f70", "#a05195"];

    /// <summary>Draws it.</summary>
    public static string Svg(CompareOptions options, CompareResults results)
    {
        var text = new StringBuilder();
        int groupHeight = (options.Servers.Count * BarHeight) + GroupGap;
        int height = Top + (options.Cases.Count * groupHeight) + 10;
        int width = LabelWidth + PlotWidth + 130;
        CultureInfo plain = CultureInfo.InvariantCulture;
        text.Append(plain, $"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" """);
        text.Append("""font-family="sans-serif" font-size="11">""").Append("""<rect width="100%" height="100%" fill="white"/>""");
        text.Append("""<text x="10" y="20" font-size="14" font-weight="bold">Server CPU time per request, """);
        text.Append(plain, $"""{options.Servers[0].Name} = 1 (less is better)</text>""").Append('\n');
        for (int i = 0; i < options.Servers.Count; i++)
        {
            int x = 10 + (i * 170);
            text.Append(plain, $"""<rect x="{x}" y="34" width="12" height="12" fill="{Colours[i % Colours.Length]}"/>""");
            text.Append(plain, $"""<text x="{x + 17}" y="44">{options.Servers[i].Name}</text>""").Append('\n');
        }

        AppendGrid(text, height);
        for (int i = 0; i < options.Cases.Count; i++)
        {
            AppendGroup(text, options, results, options.Cases[i], Top + (i * groupHeight));
        }

        return text.Append("</svg>\n").ToString();
    }

    private static void AppendGrid(StringBuilder text, int height)
    {
        for (double ratio = 0; ratio <= LongestRatio; ratio += 0.25)
        {
            double x = X(ratio);
            string colour = ratio == 1 ? "#555" : "#ddd";
            CultureInfo plain = CultureInfo.InvariantCulture;
            text.Append(plain, $"""<line x1="{x:F0}" y1="{Top - 6}" x2="{x:F0}" y2="{height - 6}" stroke="{colour}"/>""");
            text.Append(plain, $"""<text x="{x:F0}" y="{Top - 8}" text-anchor="middle" fill="#555">{ratio:0.00}</text>""").Append('\n');
        }
    }

    private static void AppendGroup(StringBuilder text, CompareOptions options, CompareResults results, CompareCase line, int top)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        int middle = top + (options.Servers.Count * BarHeight / 2) + 4;
        text.Append(plain, $"""<text x="{LabelWidth - 8}" y="{middle}" text-anchor="end">{line.Name}</text>""").Append('\n');
        for (int i = 0; i < options.Servers.Count; i++)
        {
            ServerSpec server = options.Servers[i];
            if (results.Rounds(line, server).Count == 0)
            {
                continue;
            }

            Spread ratio = results.Ratio(line, server, options.Servers[0], Cpu);
            double microseconds = results.Of(line, server, Cpu).Median / 1000;
            double end = X(ratio.Median);
            int y = top + (i * BarHeight);
            int centre = y + (BarHeight / 2) - 1;
            text.Append(plain, $"""<rect x="{LabelWidth}" y="{y}" width="{Math.Max(1, end - LabelWidth):F1}" """);
            text.Append(plain, $"""height="{BarHeight - 2}" fill="{Colours[i % Colours.Length]}"/>""");
            text.Append(plain, $"""<line x1="{X(ratio.Min):F1}" y1="{centre}" x2="{X(ratio.Max):F1}" y2="{centre}" stroke="black"/>""");
            text.Append(plain, $"""<text x="{Math.Max(end, X(ratio.Max)) + 5:F1}" y="{y + 10}" font-size="10" fill="#333">""");
            text.Append(plain, $"{ratio.Median:F2} ({microseconds:F2} us)</text>\n");
        }
    }

    private static double Cpu(LoadResult run) => run.ServerNanosecondsPerRequest;

    private static double X(double ratio) => LabelWidth + (Math.Min(ratio, LongestRatio) / LongestRatio * PlotWidth);
}
