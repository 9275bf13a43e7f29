using System.Runtime.InteropServices;

namespace AotKv.Server.Transport.Native;

/// <summary>
/// System calls that every unix has. Relies on: the C library is called "libc", as the framework resolves it everywhere (the
/// native build binds it when linking); mode_t is passed as a 32-bit number.
/// </summary>
internal static partial class UnixCalls
{
    /// <summary>Sets the mask of permissions that new files do not get; returns the one before.</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetFileMask(uint mask);
}
