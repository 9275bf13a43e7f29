using System.Security.Cryptography;

namespace AotKv.Server.Auth;

/// <summary>How the lines of a <see cref="PasswordFile"/> are read.</summary>
public enum PasswordFormat
{
    /// <summary><c>name:password</c>: what memcached's -Y reads. The first colon parts them; the password may have more.</summary>
    Plain,

    /// <summary>
    /// <c>name@realm:password[:anything]</c>: what memcached's SASL password database (MEMCACHED_SASL_PWDB) has. Of the realm that is this
    /// machine's name the name alone will do.
    /// </summary>
    SaslDatabase,
}

/// <summary>
/// Names and passwords from a file, one a line, which can be read again while the server runs. Empty lines are skipped; any other without
/// a colon makes the file a bad one.
/// </summary>
/// <remarks>
/// A login is compared with every entry, each as a block of one length, so that the time says neither which name exists nor how much of a
/// password was right. <see cref="Reload"/> and <see cref="Verify"/> may be called from any thread.
/// </remarks>
public sealed class PasswordFile : ICredentialStore
{
    /// <summary>The longest name, and the longest password, in bytes.</summary>
    public const int MaxPartBytes = 255;

    /// <summary>The longest file in bytes.</summary>
    public const int MaxFileBytes = 1 << 20;

    // Each part is filled with zeros and ends in its length.
    private const int PartBytes = MaxPartBytes + 1;
    private const int EntryBytes = 2 * PartBytes;

    private readonly PasswordFormat _format;
    private volatile byte[] _entries;

    private PasswordFile(string path, PasswordFormat format, byte[] entries)
    {
        Path = path;
        _format = format;
        _entries = entries;
    }

    /// <summary>The file's path.</summary>
    public string Path { get; }

    /// <summary>How many logins there are.</summary>
    public int Count => _entries.Length / EntryBytes;

    /// <summary>Reads a file for the first time.</summary>
    /// <param name="path">Where it is; it is made absolute, since a daemon changes its directory.</param>
    /// <param name="format">What its lines are.</param>
    /// <exception cref="PasswordFileException">It cannot be read, or a line is bad; the message says which.</exception>
    public static PasswordFile Load(string path, PasswordFormat format)
    {
        string full = System.IO.Path.GetFullPath(path);
        return new(full, format, Read(full, format));
    }

    /// <summary>Reads the file again. When that fails everything stays as it was.</summary>
    /// <exception cref="PasswordFileException">It cannot be read, or a line is bad.</exception>
    public void Reload() => _entries = Read(Path, _format);

    /// <inheritdoc/>
    public bool Verify(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        Span<byte> candidate = stackalloc byte[EntryBytes];
        candidate.Clear();
        bool isPossible = TryFill(candidate, name, password);
        byte[] entries = _entries;
        int found = 0;
        for (int at = 0; at < entries.Length; at += EntryBytes)
        {
            found |= CryptographicOperations.FixedTimeEquals(candidate, entries.AsSpan(at, EntryBytes)) ? 1 : 0;
        }

        CryptographicOperations.ZeroMemory(candidate);
        return isPossible && found != 0;
    }

    private static byte[] Read(string path, PasswordFormat format)
    {
        byte[] bytes;
        try
        {
            using FileStream file = File.OpenRead(path);
            if (file.Length > MaxFileBytes)
            {
                throw new PasswordFileException($"{path}: longer than {MaxFileBytes} bytes");
            }

            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PasswordFileException($"{path}: {exception.Message}", exception);
        }

        List<byte> entries = [];
        int number = 0;
        foreach (Range range in ((ReadOnlySpan<byte>)bytes).Split((byte)'\n'))
        {
            number++;
            ReadOnlySpan<byte> line = bytes.AsSpan(range).TrimEnd((byte)'\r');
            if (!line.IsEmpty && !TryAdd(entries, line, format))
            {
                throw new PasswordFileException(
                    $"{path}, line {number}: not a name, a colon and a password, each of at most {MaxPartBytes} bytes");
            }
        }

        return [.. entries];
    }

    private static bool TryAdd(List<byte> entries, ReadOnlySpan<byte> line, PasswordFormat format)
    {
        int colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> name = line[..colon];
        ReadOnlySpan<byte> password = line[(colon + 1)..];
        if (format == PasswordFormat.Plain)
        {
            return TryAdd(entries, name, password);
        }

        int end = password.IndexOf((byte)':');
        password = end < 0 ? password : password[..end];
        int at = name.LastIndexOf((byte)'@');
        bool isHere = at > 0 && name[(at + 1)..].SequenceEqual(System.Text.Encoding.UTF8.GetBytes(Environment.MachineName));
        return TryAdd(entries, name, password) && (!isHere || TryAdd(entries, name[..at], password));
    }

    private static bool TryAdd(List<byte> entries, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        byte[] entry = new byte[EntryBytes];
        if (!TryFill(entry, name, password))
        {
            return false;
        }

        entries.AddRange(entry);
        return true;
    }

    private static bool TryFill(Span<byte> entry, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        if (name.Length > MaxPartBytes || password.Length > MaxPartBytes)
        {
            return false;
        }

        name.CopyTo(entry);
        entry[MaxPartBytes] = (byte)name.Length;
        password.CopyTo(entry[PartBytes..]);
        entry[EntryBytes - 1] = (byte)password.Length;
        return true;
    }
}
