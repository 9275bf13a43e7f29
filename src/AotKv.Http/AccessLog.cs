using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http;

/// <summary>
/// A line for each request: when, from where, whose token, method, route, status, bytes of the body, how long. Never a key or a value:
/// the route stands in place of the path. Lines are written by a task of the log's own; when the disk is too slow they are counted
/// instead.
/// </summary>
internal sealed class AccessLog : IDisposable
{
    private const int MostWaiting = 8192;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly TextWriter _output;
    private readonly Task _writing;
    private long _lost;

    public AccessLog(TextWriter output)
    {
        _output = output;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Opens the log that the options name.</summary>
    /// <exception cref="IOException">The file cannot be opened; the message names the option.</exception>
    public static AccessLog? Open(string? path)
    {
        try
        {
            return path switch
            {
                null => null,
                "-" => new(new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false))),
                _ => new(new StreamWriter(path, append: true, new UTF8Encoding(false))),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"--http-log {path}: {exception.Message}", exception);
        }
    }

    public void Add(HttpContext context, HttpCall? call, TimeSpan elapsed)
    {
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'} {context.Connection.RemoteIpAddress} {call?.Identity?.Name ?? "-"} {Method(context)} {call?.Route.Template ?? "-"} {context.Response.StatusCode} {context.Response.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? "-"} {elapsed.TotalMilliseconds:0.000}ms");
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    public void Dispose()
    {
        _lines.Writer.Complete();
        _writing.GetAwaiter().GetResult();
        _output.Dispose();
    }

    /// <summary>A method may be any word: only those of a table are repeated.</summary>
    private static string Method(HttpContext context) =>
        context.Request.Method is "GET" or "HEAD" or "PUT" or "POST" or "DELETE" or "OPTIONS" or "CONNECT" ? context.Request.Method : "-";

    private async Task WriteAsync()
    {
        while (await _lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            try
            {
                while (_lines.Reader.TryRead(out string? line))
                {
                    await _output.WriteAsync(line + "\n").ConfigureAwait(false);
                }

                if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
                {
                    await _output.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"# {lost} lines lost: the log is too slow\n")).ConfigureAwait(false);
                }

                await _output.FlushAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The disk is full, or nobody reads any more; serving goes on.
            }
        }
    }
}
