using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>Options for memcached's own mechanisms, and everything behind <c>-o</c>.</summary>
internal sealed partial class CommandLineParser
{
    /// <summary>More than so many threads make memcached warn.</summary>
    private const int ManyThreads = 64;

    private const int SlabPageBytes = 1 << 20;
    private const int MaxSlabClasses = 63;
    private const int SlabAlignBytes = 8;

    private bool _hasSlabChunkMax;
    private long _readBufferLimitBytes; // 0: the default

    private MemcachedTuning Tuning
    {
        get => Server.Tuning;
        set => Server = Server with { Tuning = value };
    }

    /// <summary>Applies a letter of this part; false when it is none.</summary>
    private bool ApplyTuning(char letter, string argument)
    {
        switch (letter)
        {
            case 'f':
                if (SubOption.TryReal(argument, out double factor) && factor > 1)
                {
                    Tuning = Tuning with { GrowthFactor = factor };
                }
                else
                {
                    Fail(ExitCode.Failure, $"Factor must be greater than 1, not -f {argument}");
                }

                return true;
            case 'n':
                Positive(letter, argument, "Chunk size", int.MaxValue, n => Tuning = Tuning with { ChunkSizeBytes = n });
                return true;
            case 'N':
                Positive(letter, argument, "Maximum number of NAPI IDs", int.MaxValue, n => Tuning = Tuning with { NapiIds = n });
                return true;
            case 'D':
                PrefixDelimiter(argument);
                return true;
            case 'o':
                Array.ForEach(argument.Split(','), Extended);
                return true;
            default:
                return false;
        }
    }

    private void Transport(string argument)
    {
        switch (argument)
        {
            case "auto":
                Server = Server with { Transport = TransportKind.Platform };
                break;
            case "epoll" when OperatingSystem.IsLinux():
                Server = Server with { Transport = TransportKind.Epoll };
                break;
            case "pipelines":
                Server = Server with { Transport = TransportKind.Pipelines };
                break;
            default:
                string choices = OperatingSystem.IsLinux() ? "give auto, epoll or pipelines" : "give auto or pipelines; epoll is Linux's";
                Fail(ExitCode.Usage, $"--transport {argument}: {choices}");
                break;
        }
    }

    private void PrefixDelimiter(string argument)
    {
        if (argument.Length == 0 || !char.IsAscii(argument[0]))
        {
            Fail(ExitCode.Failure, "-D: No delimiter specified; give one character");
            return;
        }

        Server = Server with { PrefixDelimiter = argument[0], DetailEnabled = true };
    }

    private void Extended(string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        string value = equals < 0 ? string.Empty : text[(equals + 1)..];
        if (name == "read_buf_mem_limit")
        {
            ReadBufferLimit(value);
            return;
        }

        if (SubOptionTable.All.FirstOrDefault(option => option.Name == name) is not { } found)
        {
            Fail(ExitCode.Failure, $"Illegal suboption \"{text}\"");
        }
        else if (found.Apply == null)
        {
            Fail(ExitCode.Usage, $"-o {text}: {found.Expected}");
        }
        else if (found.Argument == ArgumentKind.Required && equals < 0)
        {
            Fail(ExitCode.Failure, $"-o {name}: Missing {name} argument; give {found.Expected}");
        }
        else if (found.Apply(Server, value) is { } changed)
        {
            Server = changed;
            Note(name);
        }
        else
        {
            Fail(ExitCode.Failure, $"-o {text}: give {found.Expected}");
        }
    }

    private void Note(string name)
    {
        _hasSlabChunkMax |= name == "slab_chunk_max";
        if (name == "resp_obj_mem_limit")
        {
            Warn("DEPRECATED: resp_obj_mem_limit no longer used. See read_buf_mem_limit");
        }
    }

    /// <summary>memcached's limit on its connections' buffers is this server's budget for them.</summary>
    private void ReadBufferLimit(string value)
    {
        if (SubOption.TryWhole(value, 0, uint.MaxValue, out long megabytes))
        {
            _readBufferLimitBytes = megabytes << 20;
        }
        else
        {
            Fail(ExitCode.Failure, $"-o read_buf_mem_limit={value}: give megabytes, 0 for the default");
        }
    }

    /// <summary>The rules between these options, as memcached checks them; only what was given is checked.</summary>
    private void FinishTuning()
    {
        if (Server.Threads > ManyThreads)
        {
            Warn("Setting a high number of worker threads is not recommended. Set -t to the number of cores in your machine or less");
        }

        if (Tuning.NapiIds > Server.Threads)
        {
            Fail(ExitCode.Usage, $"Number of napi_ids({Tuning.NapiIds}) cannot be greater than number of threads({Server.Threads})");
        }

        if (Tuning.HotLruPercent + Tuning.WarmLruPercent > 80)
        {
            Fail(ExitCode.Usage, "hot_lru_pct + warm_lru_pct cannot be more than 80% combined");
        }

        if (Tuning.TemporaryLru && !Tuning.LruMaintainer)
        {
            Fail(ExitCode.Usage, "temporary_ttl requires lru_maintainer to be enabled");
        }

        if (_hasSlabChunkMax)
        {
            CheckSlabChunk(Tuning.SlabChunkMaxBytes);
        }

        if (Tuning.SlabSizes is { } sizes && FindSlabSizesMistake(sizes) is { } mistake)
        {
            Fail(ExitCode.Usage, $"-o slab_sizes={sizes}: {mistake}");
        }
    }

    private void CheckSlabChunk(int bytes)
    {
        if (bytes > Store.MaxItemBytes)
        {
            Fail(ExitCode.Usage, $"slab_chunk_max (bytes: {bytes}) cannot be larger than -I (item_size_max {Store.MaxItemBytes})");
        }
        else if (Store.MaxItemBytes % bytes != 0)
        {
            Fail(ExitCode.Usage, $"-I (item_size_max: {Store.MaxItemBytes}) must be evenly divisible by slab_chunk_max (bytes: {bytes})");
        }
        else if (SlabPageBytes % bytes != 0)
        {
            Fail(ExitCode.Usage, $"slab_chunk_max (bytes: {bytes}) must divide evenly into {SlabPageBytes} (slab_page_size)");
        }
    }

    private string? FindSlabSizesMistake(string sizes)
    {
        long last = 0;
        string[] classes = sizes.Split('-', StringSplitOptions.RemoveEmptyEntries);
        foreach (string text in classes)
        {
            if (!SubOption.TryWhole(text, Tuning.ChunkSizeBytes, Tuning.SlabChunkMaxBytes, out long size))
            {
                return $"slab size {text} is out of valid range";
            }

            if (size <= last + SlabAlignBytes)
            {
                return $"slab size {size} must be at least {SlabAlignBytes} bytes larger than previous class";
            }

            last = size;
        }

        return classes.Length is 0 or >= MaxSlabClasses ? "too many or no slab classes specified" : null;
    }

    private void Warn(string message) => _options = _options with { Warnings = [.. _options.Warnings, message] };
}
