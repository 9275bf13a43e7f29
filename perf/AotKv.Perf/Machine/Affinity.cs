using System.Globalization;
using System.Runtime.Versioning;
using AotKv.Perf.Net;

namespace AotKv.Perf.Machine;

/// <summary>Binds threads to cores.</summary>
[SupportedOSPlatform("linux")]
internal static unsafe class Affinity
{
    private const int MaskBytes = 128;

    private static readonly byte[] Original = new byte[MaskBytes];
    private static readonly bool HasOriginal = ReadOriginal();

    /// <summary>Binds every present thread of this process to a core; later ones inherit it.</summary>
    /// <param name="core">The core's number.</param>
    /// <returns>Whether the system agreed.</returns>
    public static bool BindProcess(int core)
    {
        bool bound = HasOriginal; // read before anything is bound
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            bound &= Bind(int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture), core);
        }

        return bound;
    }

    /// <summary>Binds the calling thread to a core.</summary>
    /// <param name="core">The core's number.</param>
    /// <returns>Whether the system agreed.</returns>
    public static bool BindThread(int core) => Bind(0, core);

    /// <summary>
    /// Runs an action with the calling thread bound to a core (below 0: to those this program was started with), and binds it back. A
    /// process that the action starts inherits the binding, from its first instruction and for all its threads.
    /// </summary>
    public static void While(int core, Action action)
    {
        byte* before = stackalloc byte[MaskBytes];
        bool known = Libc.GetAffinity(0, MaskBytes, before) >= 0;
        if (core >= 0)
        {
            BindThread(core);
        }
        else if (HasOriginal)
        {
            fixed (byte* original = Original)
            {
                _ = Libc.SetAffinity(0, MaskBytes, original);
            }
        }

        try
        {
            action();
        }
        finally
        {
            if (known)
            {
                _ = Libc.SetAffinity(0, MaskBytes, before);
            }
        }
    }

    private static bool ReadOriginal()
    {
        fixed (byte* mask = Original)
        {
            return Libc.GetAffinity(0, MaskBytes, mask) >= 0;
        }
    }

    private static bool Bind(int thread, int core)
    {
        if (core is < 0 or >= MaskBytes * 8)
        {
            return false;
        }

        byte* mask = stackalloc byte[MaskBytes];
        new Span<byte>(mask, MaskBytes).Clear();
        mask[core / 8] = (byte)(1 << (core % 8));
        return Libc.SetAffinity(thread, MaskBytes, mask) == 0;
    }
}
