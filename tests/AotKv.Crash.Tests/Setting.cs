using System.Globalization;

namespace AotKv.Crash.Tests;

/// <summary>How the server of a run is started, and what may then be asked of it.</summary>
/// <param name="Sync">--fsync.</param>
/// <param name="MemoryMegabytes">-m.</param>
/// <param name="Evicts">Not -M: items may go, so a key may be missing, and only sets and deletes have certain answers.</param>
/// <param name="IsTight">The memory does not hold everything: with -M, sets are refused now and then.</param>
/// <param name="LargestValue">Bytes.</param>
internal sealed record Setting(string Sync, int MemoryMegabytes, bool Evicts, bool IsTight, int LargestValue)
{
    public bool HasCertainAnswers => !Evicts && !IsTight;

    public string[] Arguments(string directory) =>
    [
        "--data-dir", directory, "--fsync", Sync, "-m", MemoryMegabytes.ToString(CultureInfo.InvariantCulture), "-t", "4",
        .. Evicts ? Array.Empty<string>() : ["-M"],
    ];
}
