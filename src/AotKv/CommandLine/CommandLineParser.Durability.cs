using AotKv.Engine;

namespace AotKv.CommandLine;

/// <summary>Options of the log on disk.</summary>
internal sealed partial class CommandLineParser
{
    /// <summary>What stands behind a memory file's name: the directory of the log that takes its place.</summary>
    private const string MemoryFileSuffix = ".aotkv";

    private string? _memoryFile;
    private bool _hasSync;

    private void DataDirectory(string argument)
    {
        if (argument.Length == 0)
        {
            Fail(ExitCode.Usage, "--data-dir: the path of the directory is empty");
            return;
        }

        Store = Store with { DataDirectory = Path.GetFullPath(argument) };
    }

    private void Sync(string argument)
    {
        _hasSync = true;
        switch (argument)
        {
            case "always":
                Store = Store with { SyncMode = SyncMode.Always };
                break;
            case "never":
                Store = Store with { SyncMode = SyncMode.Never };
                break;
            case var _ when Quantity.TryNumber(argument, out int milliseconds) && milliseconds is > 0 and <= 3_600_000:
                Store = Store with { SyncMode = SyncMode.Interval, SyncIntervalMilliseconds = milliseconds };
                break;
            default:
                Fail(ExitCode.Usage, $"--fsync {argument}: give always, never, or milliseconds from 1 to 3600000");
                break;
        }
    }

    private void DeadSpace(string argument)
    {
        if (Quantity.TryNumber(argument, out int percent) && percent is >= 10 and <= 1000)
        {
            Store = Store with { DeadSpacePercent = percent };
            return;
        }

        Fail(ExitCode.Usage, $"--dead-space {argument}: give percent of what lives, from 10 to 1000");
    }

    /// <summary>
    /// memcached keeps its memory in this file over a restart. Here the log does, in a directory beside it, and unlike memcached's file
    /// it survives a kill as well; as with memcached the system decides when it is written to disk.
    /// </summary>
    private void MemoryFile(string argument)
    {
        if (argument.Length == 0)
        {
            Fail(ExitCode.Usage, "-e: the path of the memory file is empty");
            return;
        }

        Server = Server with { MemoryFile = argument };
        _memoryFile = Path.GetFullPath(argument) + MemoryFileSuffix;
    }

    private void FinishDurability()
    {
        if (_memoryFile != null)
        {
            if (Store.DataDirectory != null)
            {
                Fail(ExitCode.Usage, "-e/--memory-file and --data-dir both say where to keep items: give one of them");
                return;
            }

            Store = Store with { DataDirectory = _memoryFile, SyncMode = _hasSync ? Store.SyncMode : SyncMode.Never };
        }

        if (Store.DataDirectory == null && (_hasSync || Store.Repair))
        {
            Fail(ExitCode.Usage, $"{(_hasSync ? "--fsync" : "--repair")} needs --data-dir DIR: without it nothing is kept on disk");
        }
    }
}
