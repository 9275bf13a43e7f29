namespace AotKv.Engine.Log.Devices;

/// <summary>Makes the data directory, so that it is there after a power cut.</summary>
internal static class DataDirectory
{
    /// <summary>
    /// Makes a directory and those above it that are missing. Each new name is synced before the next is made, so a process that is
    /// killed in between leaves at most one name that is not durable: that of the last directory, which the next start syncs.
    /// </summary>
    /// <param name="directory">Its path.</param>
    /// <param name="sync">Makes the names in a directory durable and says what is wrong, or null; null where the system does it itself.</param>
    /// <exception cref="DataDirectoryException">It cannot be made, or not durably.</exception>
    public static void Make(string directory, Func<string, string?>? sync)
    {
        try
        {
            string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            var missing = new Stack<string>();
            while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } above)
            {
                missing.Push(path);
                path = above;
            }

            if (Path.GetDirectoryName(path) is { } parent)
            {
                // An earlier start may have made it and been killed. Whoever may not read the directory above has not made anything there.
                _ = sync?.Invoke(parent);
            }

            while (missing.TryPop(out string? next))
            {
                Directory.CreateDirectory(next);
                if (sync?.Invoke(path) is { } wrong)
                {
                    throw new DataDirectoryException($"cannot make the data directory {directory} durable: {wrong}");
                }

                path = next;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DataDirectoryException($"cannot make the data directory {directory}: {error.Message}", error);
        }
    }
}
