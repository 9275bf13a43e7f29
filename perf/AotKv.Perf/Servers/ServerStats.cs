using System.Net.Sockets;
using System.Text;
using AotKv.Perf.Net;

namespace AotKv.Perf.Servers;

/// <summary>What a server says of itself.</summary>
internal static class ServerStats
{
    private const int TimeoutMilliseconds = 5000;

    /// <summary>Asks <c>stats</c>.</summary>
    /// <param name="target">The server.</param>
    /// <returns>Values by name; empty when it did not answer within five seconds.</returns>
    public static Dictionary<string, string> Read(Target target)
    {
        Dictionary<string, string> values = [];
        try
        {
            using Socket socket = target.Connect();
            socket.Blocking = true;
            socket.ReceiveTimeout = TimeoutMilliseconds;
            socket.Send("stats\r\n"u8);
            var text = new StringBuilder();
            byte[] buffer = new byte[16 << 10];
            int received;
            while (!text.ToString().EndsWith("END\r\n", StringComparison.Ordinal) && (received = socket.Receive(buffer)) > 0)
            {
                text.Append(Encoding.ASCII.GetString(buffer, 0, received));
            }

            foreach (string line in text.ToString().Split("\r\n"))
            {
                string[] words = line.Split(' ', 3);
                if (words.Length == 3 && words[0] == "STAT")
                {
                    values[words[1]] = words[2];
                }
            }
        }
        catch (SocketException)
        {
            // It does not answer: the caller sees that nothing is there.
        }

        return values;
    }
}
