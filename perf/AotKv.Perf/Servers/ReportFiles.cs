using AotKv.Perf.Cli;
using AotKv.Perf.Machine;

namespace AotKv.Perf.Servers;

/// <summary>A report that is one table: to the terminal, as Markdown and as CSV.</summary>
internal static class ReportFiles
{
    /// <summary>Writes it.</summary>
    /// <param name="folder">Where the files go.</param>
    /// <param name="name">Their name without its end.</param>
    /// <param name="table">The table.</param>
    /// <param name="introduction">Markdown that stands above it.</param>
    public static void Write(string folder, string name, TextTable table, string introduction)
    {
        Directory.CreateDirectory(folder);
        string machine = $"{MachineInfo.Processor()}, {MachineInfo.Memory()} memory; {MachineInfo.Distribution()}, {MachineInfo.Kernel()}";
        string path = Path.Combine(folder, $"{name}.md");
        File.WriteAllText(path, $"{introduction}\n\nMachine: {machine}\n\n{table.ToMarkdown()}");
        File.WriteAllText(Path.Combine(folder, $"{name}.csv"), table.ToCsv());
        Console.Out.WriteLine();
        Console.Out.Write(table.ToText());
        Console.Out.WriteLine($"\nreport: {path}");
    }
}
