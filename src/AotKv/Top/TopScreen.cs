using System.Text;

namespace AotKv.Top;

/// <summary>A terminal on which the same lines are drawn again and again, in its alternate screen: what stood there before comes back.</summary>
internal sealed class TopScreen : IDisposable
{
    private const string Begin = "\e[?1049h\e[?25l";
    private const string End = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearLine = "\e[K\r\n";
    private const string ClearBelow = "\e[J";
    private const int KeyPollMs = 50;

    private volatile bool _ends;

    public TopScreen()
    {
        Console.CancelKeyPress += OnCancel;
        Console.Out.Write(Begin);
    }

    /// <summary>Draws lines in place of those of before; to be called while there is a screen.</summary>
    public static void Draw(IReadOnlyList<string> lines)
    {
        // The last column and the last line stay free: writing there may scroll.
        int width = Math.Max(10, Console.WindowWidth - 1);
        int height = Math.Max(3, Console.WindowHeight - 1);
        StringBuilder text = new(Home);
        foreach (string line in lines.Take(height))
        {
            text.Append(line.AsSpan(0, Math.Min(line.Length, width))).Append(ClearLine);
        }

        Console.Out.Write(text.Append(ClearBelow).ToString());
        Console.Out.Flush();
    }

    /// <summary>Waits.</summary>
    /// <returns>False when somebody wants it to end.</returns>
    public bool Wait(double seconds)
    {
        for (long until = Environment.TickCount64 + (long)(seconds * 1000); Environment.TickCount64 < until && !_ends;)
        {
            while (Console.KeyAvailable)
            {
                _ends |= Console.ReadKey(intercept: true) is { Key: ConsoleKey.Q or ConsoleKey.Escape };
            }

            Thread.Sleep((int)Math.Clamp(until - Environment.TickCount64, 1, KeyPollMs));
        }

        return !_ends;
    }

    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancel;
        Console.Out.Write(End);
        Console.Out.Flush();
    }

    private void OnCancel(object? sender, ConsoleCancelEventArgs arguments)
    {
        arguments.Cancel = true;
        _ends = true;
    }
}
