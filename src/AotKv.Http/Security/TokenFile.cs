using System.Security.Cryptography;
using System.Text;

namespace AotKv.Http.Security;

/// <summary>A token file that cannot be used; the message says where and what is wrong.</summary>
public sealed class TokenFileException : Exception
{
    /// <summary>With a message and what caused it.</summary>
    public TokenFileException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>
/// Who may come in over HTTP: a line for each token, <c>NAME SHA256 SCOPE...</c>. The hash is that of the token's bytes, 64 hexadecimal
/// digits; a scope is <c>read:NS</c>, <c>write:NS</c> or <c>admin:NS</c>, NS a namespace or <c>*</c> for all. Write means read as well,
/// and admin both. Comments begin with #.
/// </summary>
/// <remarks>The file holds no secret that could be used: tokens are long and random, so their plain hash cannot be turned back.</remarks>
public sealed class TokenFile
{
    private readonly string _path;
    private volatile TokenEntry[] _entries = [];

    private TokenFile(string path) => _path = path;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TokenFileException">It cannot be read, or a line is not a token.</exception>
    public static TokenFile Load(string path)
    {
        TokenFile file = new(path);
        file.Reload();
        return file;
    }

    /// <summary>Reads the file again; when that fails everything stays as it was.</summary>
    /// <exception cref="TokenFileException">It cannot be read, or a line is not a token.</exception>
    public void Reload()
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new TokenFileException($"{_path}: {exception.Message}", exception);
        }

        List<TokenEntry> entries = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length > 0 && line[0] != '#')
            {
                entries.Add(Read(line) ?? throw new TokenFileException($"{_path}:{i + 1}: not a token; a line is NAME SHA256 SCOPE..., scopes are read:NS, write:NS, admin:NS"));
            }
        }

        _entries = [.. entries];
    }

    /// <summary>Finds who has a token. Takes as long for a wrong one as for a right one.</summary>
    /// <param name="token">As the client sent it.</param>
    internal TokenEntry? Find(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        TokenEntry? found = null;
        foreach (TokenEntry entry in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(entry.Hash, hash))
            {
                found = entry;
            }
        }

        return found;
    }

    private static TokenEntry? Read(string line)
    {
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        const int Fixed = 2;
        if (words.Length <= Fixed || words[1].Length != SHA256.HashSizeInBytes * 2 || !words[1].All(char.IsAsciiHexDigit))
        {
            return null;
        }

        List<(Routing.RouteAccess, string)> scopes = [];
        foreach (string word in words.Skip(Fixed))
        {
            int colon = word.IndexOf(':', StringComparison.Ordinal);
            Routing.RouteAccess? access = (colon < 0 ? word : word[..colon]) switch
            {
                "read" => Routing.RouteAccess.Read,
                "write" => Routing.RouteAccess.Write,
                "admin" => Routing.RouteAccess.Admin,
                _ => null,
            };
            if (access == null || colon < 0 || colon == word.Length - 1)
            {
                return null;
            }

            scopes.Add((access.Value, word[(colon + 1)..]));
        }

        return new(words[0], Convert.FromHexString(words[1]), scopes);
    }
}
