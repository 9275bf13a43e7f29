using System.Globalization;
using System.Text;
using AotKv.Engine;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server.Sessions;

/// <summary>Operators' commands with an answer of one line. Words come without the command's own.</summary>
internal static class AdminCommands
{
    private const uint MinMemoryMegabytes = 8;
    private const uint MaxMemoryMegabytes = 1_000_000_000;
    private const int MinAutomoveWindow = 3;
    private const int MaxAutomoveWindow = 1800;
    private const uint MaxQueuesPercent = 80;

    /// <summary>cache_memlimit MB: changes how much the store may take.</summary>
    public static ReadOnlySpan<byte> MemoryLimit(ServerState state, string[] words)
    {
        if (words.Length == 0 || !TryNumber(words[0], out uint megabytes))
        {
            return TextReplies.Error;
        }

        if (megabytes < MinMemoryMegabytes)
        {
            return "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n"u8;
        }

        if (megabytes > MaxMemoryMegabytes)
        {
            return "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n"u8;
        }

        if (!state.Store.TrySetMemoryLimit((long)megabytes << 20))
        {
            return "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n"u8;
        }

        if (state.Verbosity > 0)
        {
            state.Log.Line(string.Create(CultureInfo.InvariantCulture, $"maxbytes adjusted to {megabytes}m"));
        }

        return TextReplies.Ok;
    }

    /// <summary>refresh_certs: new connections get the certificates that are in the files now.</summary>
    public static ReadOnlySpan<byte> RefreshCertificates(ServerState state)
    {
        if (state.Options.Certificates is not { } certificates)
        {
            return "Error TLS not enabled\r\n"u8;
        }

        try
        {
            certificates.Reload();
            return TextReplies.Ok;
        }
        catch (TlsException exception)
        {
            byte[] line = Encoding.UTF8.GetBytes(exception.Message);
            byte[] reply = [.. line.AsSpan(0, Math.Min(line.Length, ServerLimits.MinReplyRoomBytes - 2)), .. "\r\n"u8];
            return reply;
        }
    }

    /// <summary>lru tune, mode, temp_ttl: taken, shown by stats settings, and without effect.</summary>
    public static ReadOnlySpan<byte> Lru(ServerState state, string[] words)
    {
        MemcachedTuning tuning = state.Tuning;
        switch (words.Length == 0 ? string.Empty : words[0])
        {
            case "tune" when words.Length >= 5 && TryNumber(words[1], out uint hot) && TryNumber(words[2], out uint warm)
                && TryReal(words[3], out double hotFactor) && TryReal(words[4], out double warmFactor):
                if ((ulong)hot + warm > MaxQueuesPercent)
                {
                    return "ERROR hot and warm pcts must not exceed 80\r\n"u8;
                }

                if (hotFactor <= 0 || warmFactor <= 0)
                {
                    return "ERROR hot/warm age factors must be greater than 0\r\n"u8;
                }

                state.Tuning = tuning with
                {
                    HotLruPercent = (int)hot,
                    WarmLruPercent = (int)warm,
                    HotMaxFactor = hotFactor,
                    WarmMaxFactor = warmFactor,
                };
                return TextReplies.Ok;
            case "mode" when words.Length >= 2 && tuning.LruMaintainer && words[1] is "flat" or "segmented":
                state.IsLruSegmented = words[1] == "segmented";
                return TextReplies.Ok;
            case "temp_ttl" when words.Length >= 2 && tuning.LruMaintainer && TryInteger(words[1], out int seconds):
                state.Tuning = seconds < 0
                    ? tuning with { TemporaryLru = false }
                    : tuning with { TemporaryLru = true, TemporaryTtlSeconds = seconds };
                return TextReplies.Ok;
            default:
                return TextReplies.Error;
        }
    }

    /// <summary>slabs reassign, automove: there are no pages to move.</summary>
    public static ReadOnlySpan<byte> Slabs(ServerState state, string[] words) => (words.Length == 0 ? string.Empty : words[0]) switch
    {
        "reassign" when words.Length == 3 => Reassign(state, words),
        "automove" when words.Length >= 2 => Automove(state, words),
        _ => TextReplies.Error,
    };

    /// <summary>extstore: taken, shown by stats settings, and without effect.</summary>
    public static ReadOnlySpan<byte> Extstore(ServerState state, string[] words)
    {
        bool isKnown = words.Length >= 2 && (words[0] == "free_memchunks"
            ? words.Length >= 3 && TryNumber(words[1], out uint id) && id < SlabClasses.Limit && TryNumber(words[2], out _)
            : state.ExternalStorage.TrySet(words[0], words[1]));
        return isKnown ? TextReplies.Ok : TextReplies.Error;
    }

    /// <summary>debugtime N, p, r: moves, stops or continues the server's clock.</summary>
    public static ReadOnlySpan<byte> DebugTime(ServerState state, string[] words)
    {
        if (!state.Options.DebugCommands || words.Length == 0 || state.Store.Clock is not DebugClock clock)
        {
            return TextReplies.Error;
        }

        switch (words[0])
        {
            case "p":
                clock.Pause();
                return TextReplies.Ok;
            case "r":
                clock.Resume();
                return TextReplies.Ok;
            default:
                if (!TryInteger(words[0], out int seconds))
                {
                    return TextReplies.Error;
                }

                clock.Move(TimeSpan.FromSeconds(seconds));
                return TextReplies.Ok;
        }
    }

    /// <summary>debugitem lock, unlock, ref, unref KEY: says whether the item is there. Nothing is held: no page mover has to be kept off.</summary>
    public static ReadOnlySpan<byte> DebugItem(ServerState state, string[] words, ReadOnlySpan<byte> key)
    {
        if (!state.Options.DebugCommands || words.Length != 2 || key.Length > TextParser.MaxKeyLength
            || words[0] is not ("lock" or "unlock" or "ref" or "unref"))
        {
            return TextReplies.Error;
        }

        Nothing nothing = default;
        return state.Store.Peek(state.Store.Key(key), ref nothing).Status == StoreStatus.Ok ? TextReplies.Ok : "MISS\r\n"u8;
    }

    /// <summary>An unsigned number of 32 bits.</summary>
    public static bool TryNumber(string word, out uint number) => uint.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static bool TryInteger(string word, out int number) =>
        int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool TryReal(string word, out double number) =>
        double.TryParse(word, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static ReadOnlySpan<byte> Reassign(ServerState state, string[] words)
    {
        if (!state.Tuning.SlabReassign)
        {
            return "CLIENT_ERROR slab reassignment disabled\r\n"u8;
        }

        if (!TryInteger(words[1], out int source) || !TryInteger(words[2], out int destination))
        {
            return TextReplies.BadCommandLine;
        }

        if (source == destination)
        {
            return "SAME src and dst class are identical\r\n"u8;
        }

        return source < -1 || source > state.Classes.Last || destination < 0 || destination > state.Classes.Last
            ? "BADCLASS invalid src or dst class id\r\n"u8
            : "NOSPARE source class has no spare pages\r\n"u8;
    }

    private static ReadOnlySpan<byte> Automove(ServerState state, string[] words)
    {
        MemcachedTuning tuning = state.Tuning;
        switch (words[1])
        {
            case "ratio" or "freeratio":
                if (words.Length < 3 || !TryReal(words[2], out double ratio))
                {
                    return words.Length < 3 ? TextReplies.Error : TextReplies.BadCommandLine;
                }

                state.Tuning = words[1] == "ratio" ? tuning with { SlabAutomoveRatio = ratio } : tuning with { SlabAutomoveFreeRatio = ratio };
                return TextReplies.Ok;
            case "window":
                if (words.Length < 3 || !TryNumber(words[2], out uint seconds))
                {
                    return words.Length < 3 ? TextReplies.Error : TextReplies.BadCommandLine;
                }

                if (seconds is < MinAutomoveWindow or > MaxAutomoveWindow)
                {
                    return "CLIENT_ERROR automove window too low or too high\r\n"u8;
                }

                state.Tuning = tuning with { SlabAutomoveWindowSeconds = (int)seconds };
                return TextReplies.Ok;
            default:
                if (!TryNumber(words[1], out uint mode))
                {
                    return TextReplies.BadCommandLine;
                }

                if (mode > 2)
                {
                    return TextReplies.Error;
                }

                state.Tuning = tuning with { SlabAutomove = (int)mode };
                return TextReplies.Ok;
        }
    }

    private readonly struct Nothing : IItemReader
    {
        public void Read(in Item item)
        {
        }
    }
}
