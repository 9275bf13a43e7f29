using System.Text;

namespace AotKv.CommandLine;

/// <summary>
/// Reads the file that Debian's package of memcached keeps its options in, /etc/memcached.conf: one option a line as on the command
/// line, comments behind <c>#</c>. As with the package's own start script, <c>-d</c> and <c>-h</c> are left out, and so is the directive
/// <c>logfile</c>: whoever starts the server decides where it runs and where its output goes.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>The words of the file, as if they stood on the command line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mistakes">One line for each that is neither an option nor a directive.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<string> Read(string path, out IReadOnlyList<string> mistakes)
    {
        List<string> words = [];
        List<string> wrong = [];
        string[] lines = File.ReadAllLines(path);
        for (int i = 0; i < lines.Length; i++)
        {
            string line = WithoutComment(lines[i]).Trim();
            if (line.StartsWith('-'))
            {
                words.AddRange(line.StartsWith("-d", StringComparison.Ordinal) || line.StartsWith("-h", StringComparison.Ordinal) ? [] : Split(line));
            }
            else if (line.Length > 0 && Split(line)[0] != "logfile")
            {
                wrong.Add($"{path}:{i + 1}: '{line}' is not an option; options begin with -");
            }
        }

        mistakes = wrong;
        return words;
    }

    /// <summary>A <c>#</c> begins a comment unless a backslash stands before it.</summary>
    private static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || line[i - 1] != '\\'))
            {
                return line[..i];
            }
        }

        return line;
    }

    /// <summary>Words as a shell cuts them: blanks separate, quotes hold together, a backslash takes the next character as it is.</summary>
    private static List<string> Split(string line)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool inWord = false;
        char quote = '\0';
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                inWord = true;
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                inWord = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                words.AddRange(inWord ? [word.ToString()] : []);
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        words.AddRange(inWord ? [word.ToString()] : []);
        return words;
    }
}
