using System.Net;
using System.Text;

namespace AotKv.Process;

/// <summary>
/// The file that the environment variable MEMCACHED_PORT_FILENAME names: one line for each address that is listened on, written whole
/// under another name and renamed, for scripts that let the server pick its ports.
/// </summary>
internal static class PortFile
{
    private const string Variable = "MEMCACHED_PORT_FILENAME";
    private const string TemporarySuffix = ".lck";

    /// <summary>Writes the file when the environment asks for it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(IReadOnlyList<EndPoint> tcp, IReadOnlyList<EndPoint> udp)
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        try
        {
            File.WriteAllText(path + TemporarySuffix, Format(tcp, udp));
            File.Move(path + TemporarySuffix, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{Variable}={path}: {exception.Message}", exception);
        }
    }

    /// <summary>The lines: <c>TCP INET: 11211</c>.</summary>
    internal static string Format(IReadOnlyList<EndPoint> tcp, IReadOnlyList<EndPoint> udp)
    {
        StringBuilder text = new();
        Append(text, "TCP", tcp);
        Append(text, "UDP", udp);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string transport, IReadOnlyList<EndPoint> endPoints)
    {
        foreach (IPEndPoint endPoint in endPoints.OfType<IPEndPoint>())
        {
            string family = endPoint.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? "INET6" : "INET";
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{transport} {family}: {endPoint.Port}\n");
        }
    }
}
