using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AotKv.Perf.Http;
using AotKv.Perf.Net;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Tests;

/// <summary>The load on the HTTP door: its requests are what they say, and a wrong answer is noticed.</summary>
public sealed class HttpExchangeTests
{
    private static readonly HttpExchange Single = new([], 200, Encoding.ASCII.GetBytes("value"));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Of_execute_asks_for_every_key_with_as_many_commands(int commands)
    {
        HashSet<string> keys = [];
        foreach (HttpExchange exchange in HttpExchange.Of(HttpKind.ExecuteSet, commands))
        {
            string text = Encoding.ASCII.GetString(exchange.Request);
            string body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
            Assert.Contains($"Content-Length: {body.Length}\r\n", text, StringComparison.Ordinal);
            using JsonDocument request = JsonDocument.Parse(body);
            using JsonDocument reply = JsonDocument.Parse(exchange.Body);
            JsonElement list = request.RootElement.GetProperty("commands");
            JsonElement results = reply.RootElement.GetProperty("results");
            Assert.Equal(commands, list.GetArrayLength());
            for (int i = 0; i < commands; i++)
            {
                keys.Add(list[i].GetProperty("key").GetString()!);
                Assert.Equal(list[i].GetProperty("value").GetString(), results[i].GetString());
            }
        }

        Assert.Equal(HttpExchange.Keys, keys.Count);
    }

    [Fact]
    public void Of_writer_and_reader_of_a_key_agree()
    {
        HttpExchange[] reads = HttpExchange.Of(HttpKind.KeyGet, 1);
        HttpExchange[] writes = HttpExchange.Of(HttpExchange.Writer(HttpKind.KeyGet), 1);
        for (int i = 0; i < reads.Length; i++)
        {
            Assert.True(writes[i].Request.AsSpan().EndsWith(reads[i].Body));
            Assert.Equal(PathOf(writes[i]), PathOf(reads[i]));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nvalue", 43)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nvalueHTTP/1.1", 43)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nvalu", 0)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", 0)]
    [InlineData("", 0)]
    public void Check_right_answer_returns_its_length_once_it_is_whole(string answer, int length) =>
        Assert.Equal(length, HttpReply.Check(Encoding.ASCII.GetBytes(answer), Single));

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nvalue")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nvalu")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nvaluE")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nvalue\r\n0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nvalue")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    public void Check_wrong_answer_throws(string answer) =>
        Assert.Throws<ReplyException>(() => HttpReply.Check(Encoding.ASCII.GetBytes(answer), Single));

    [Fact]
    public void Once_against_a_server_that_answers_in_pieces_asks_each_request_once()
    {
        HttpExchange[] exchanges = HttpExchange.Of(HttpKind.KeyPut, 1)[..50];
        using PieceServer server = new("HTTP/1.1 204 No Content\r\nETag: \"1\"\r\n\r\n");
        HttpLoad.Once(server.Target, exchanges);
        Assert.Equal(50, server.Heads);
    }

    [Fact]
    public void Stop_after_a_wrong_answer_throws()
    {
        using PieceServer server = new("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        Assert.Throws<ReplyException>(() => HttpLoad.Once(server.Target, HttpExchange.Of(HttpKind.KeyPut, 1)));
    }

    [Fact]
    public void All_cases_have_names_of_their_own() => Assert.Equal(HttpCase.All.Count, HttpCase.All.Select(line => line.Name).Distinct().Count());

    private static string PathOf(HttpExchange exchange) => Encoding.ASCII.GetString(exchange.Request).Split(' ')[1];

    /// <summary>Answers every request of one connection with the same words, in two pieces.</summary>
    private sealed class PieceServer : IDisposable
    {
        private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _answer;
        private readonly Thread _thread;
        private int _heads;

        public PieceServer(string answer)
        {
            _answer = Encoding.ASCII.GetBytes(answer);
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            _listener.Listen();
            Target = new Target(_listener.LocalEndPoint!);
            _thread = new Thread(Serve) { IsBackground = true };
            _thread.Start();
        }

        public Target Target { get; }

        public int Heads => Volatile.Read(ref _heads);

        public void Dispose()
        {
            _listener.Dispose();
            _thread.Join();
        }

        private void Serve()
        {
            byte[] buffer = new byte[64 << 10];
            int filled = 0;
            try
            {
                using Socket socket = _listener.Accept();
                socket.NoDelay = true;
                int received;
                while ((received = socket.Receive(buffer, filled, buffer.Length - filled, SocketFlags.None)) > 0)
                {
                    filled += received;
                    if (buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8) is var head && head >= 0 && filled >= head + 4 + HttpExchange.SingleValueBytes)
                    {
                        filled = 0;
                        Interlocked.Increment(ref _heads);
                        socket.Send(_answer, 10, SocketFlags.None);
                        socket.Send(_answer.AsSpan(10));
                    }
                }
            }
            catch (SocketException)
            {
                // The other side has gone.
            }
        }
    }
}
