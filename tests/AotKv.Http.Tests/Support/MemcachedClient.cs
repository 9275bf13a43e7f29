using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AotKv.Http.Tests.Support;

/// <summary>A memcached client of the text protocol, one request at a time.</summary>
internal sealed class MemcachedClient : IDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };

    public MemcachedClient(EndPoint endPoint) => _client.Connect((IPEndPoint)endPoint);

    /// <summary>Sends a request and reads up to an end that it is known to have.</summary>
    public string Ask(string request, string end = "\r\n")
    {
        NetworkStream stream = _client.GetStream();
        stream.Write(Encoding.UTF8.GetBytes(request));
        byte[] buffer = new byte[64 << 10];
        StringBuilder reply = new();
        while (!reply.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int read = stream.Read(buffer);
            if (read == 0)
            {
                break;
            }

            reply.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return reply.ToString();
    }

    public string Set(string key, string value, int flags = 0) => Ask($"set {key} {flags} 0 {Encoding.UTF8.GetByteCount(value)}\r\n{value}\r\n");

    public string Get(string key) => Ask($"get {key}\r\n", "END\r\n");

    public void Dispose() => _client.Dispose();
}
