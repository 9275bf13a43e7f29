using System.Text;

namespace AotKv.Perf.Cli;

/// <summary>Rows of cells under headings: for the terminal with aligned columns, for Markdown, or as CSV.</summary>
public sealed class TextTable
{
    private readonly string[] _headings;
    private readonly List<string[]> _rows = [];

    /// <summary>An empty table. A heading that begins with <c>&lt;</c> aligns its column left; the others are aligned right.</summary>
    /// <param name="headings">The headings.</param>
    public TextTable(params string[] headings) => _headings = headings;

    /// <summary>Adds a row.</summary>
    /// <param name="cells">As many as there are headings.</param>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>For the terminal.</summary>
    public string ToText()
    {
        int[] widths = Widths();
        var text = new StringBuilder();
        AppendAligned(text, Array.ConvertAll(_headings, Plain), widths, "  ");
        AppendAligned(text, Array.ConvertAll(widths, width => new string('-', width)), widths, "  ");
        foreach (string[] row in _rows)
        {
            AppendAligned(text, row, widths, "  ");
        }

        return text.ToString();
    }

    /// <summary>For Markdown.</summary>
    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.Append("| ").AppendJoin(" | ", Array.ConvertAll(_headings, Plain)).Append(" |\n|");
        foreach (string heading in _headings)
        {
            text.Append(IsLeft(heading) ? "---|" : "---:|");
        }

        text.Append('\n');
        foreach (string[] row in _rows)
        {
            text.Append("| ").AppendJoin(" | ", row).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>As comma-separated values.</summary>
    public string ToCsv()
    {
        var text = new StringBuilder();
        text.AppendJoin(',', Array.ConvertAll(_headings, heading => Quoted(Plain(heading)))).Append('\n');
        foreach (string[] row in _rows)
        {
            text.AppendJoin(',', Array.ConvertAll(row, Quoted)).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsLeft(string heading) => heading.StartsWith('<');

    private static string Plain(string heading) => heading.TrimStart('<');

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(',', '"', '\n') ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private int[] Widths()
    {
        int[] widths = Array.ConvertAll(_headings, heading => Plain(heading).Length);
        foreach (string[] row in _rows)
        {
            for (int i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        return widths;
    }

    private void AppendAligned(StringBuilder text, string[] cells, int[] widths, string gap)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            text.Append(i > 0 ? gap : "");
            text.Append(IsLeft(_headings[i]) ? cells[i].PadRight(widths[i]) : cells[i].PadLeft(widths[i]));
        }

        while (text[^1] == ' ')
        {
            text.Length--;
        }

        text.Append('\n');
    }
}
