namespace AotKv.Http.Metrics;

/// <summary>Room on a disk.</summary>
/// <param name="FreeBytes">Bytes that this user may still take.</param>
/// <param name="TotalBytes">Bytes of the whole.</param>
internal sealed record DiskSpace(long FreeBytes, long TotalBytes)
{
    /// <summary>The disk on which a folder lies; null when the system does not say.</summary>
    public static DiskSpace? Of(string folder)
    {
        try
        {
            DriveInfo drive = new(Path.GetFullPath(folder));
            return new(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
