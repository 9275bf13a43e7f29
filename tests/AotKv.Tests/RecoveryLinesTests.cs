using System.Text;
using AotKv.Engine;
using AotKv.Server;

namespace AotKv.Tests;

/// <summary>How recovery is told of: lines in a log, a bar on a terminal.</summary>
public sealed class RecoveryLinesTests
{
    [Fact]
    public void Log_has_a_line_a_second()
    {
        using MemoryStream log = new();
        RecoveryLines lines = new(new ServerLog(log), terminal: null, other: null);
        foreach (int milliseconds in (int[])[100, 999, 1000, 1500, 1999, 2000])
        {
            lines.Report(At(milliseconds));
        }

        lines.End();
        string[] told = Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, told.Length);
        Assert.EndsWith("recovery: reading, 3 of 12 segments, 4567 items, about 3 s left", told[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Terminal_has_a_bar_that_is_taken_away()
    {
        using MemoryStream log = new();
        using MemoryStream terminal = new();
        RecoveryLines lines = new(new ServerLog(log), terminal, other: null);
        foreach (int milliseconds in (int[])[100, 250, 300, 1000])
        {
            lines.Report(At(milliseconds));
        }

        lines.End();
        lines.End();
        string told = Encoding.UTF8.GetString(terminal.ToArray());
        Assert.Equal(0, log.Length);
        Assert.StartsWith("\rrecovery [######..................] reading, 3 of 12 segments, 4567 items, about 1 s left\e[K\r", told, StringComparison.Ordinal);
        Assert.EndsWith("about 3 s left\e[K\r\e[K", told, StringComparison.Ordinal);
    }

    private static RecoveryProgress At(int milliseconds) => new("reading", 3, 12, 4567, 250, 1000, TimeSpan.FromMilliseconds(milliseconds));
}
