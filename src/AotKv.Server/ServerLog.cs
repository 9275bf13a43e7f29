using System.Globalization;
using System.Text;

namespace AotKv.Server;

/// <summary>
/// The lines memcached writes on standard error with <c>-v</c>, <c>-vv</c> and <c>-vvv</c>, and the warnings of this server. Who
/// calls has looked at the verbosity. A line is written whole, under a lock: this is for debugging, not for the hot path.
/// </summary>
public sealed class ServerLog
{
    private readonly Lock _lock = new();
    private readonly Stream _output;

    /// <summary>Writes to a stream.</summary>
    /// <param name="output">Usually standard error.</param>
    public ServerLog(Stream output) => _output = output;

    /// <summary>Writes one line of text.</summary>
    /// <param name="line">Without an end.</param>
    public void Line(string line) => Write(Encoding.UTF8.GetBytes(line));

    /// <summary>Writes a direction mark, a connection's number and protocol bytes: <c>&lt;27 get foo</c>.</summary>
    internal void Traffic(char mark, int connection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bytes)
    {
        byte[] head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{mark}{connection} "));
        Write([.. head, .. prefix, .. bytes]);
    }

    private void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            lock (_lock)
            {
                _output.Write([.. line, (byte)'\n']);
                _output.Flush();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody reads standard error any more; the server goes on.
        }
    }
}
