using System.Text;
using AotKv.Engine;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Transport;

/// <summary>Values that are sent from their records: whole, in order, and let go of whatever the client does.</summary>
public sealed class LentValueTests
{
    private const int MemoryBytes = 16 << 20;

    private readonly ServerOptions _options = new() { Transport = TransportKind.Epoll, Threads = 1 };

    public LentValueTests() => TransportTests.SkipUnlessThere(TransportKind.Epoll);

    [Theory]
    [InlineData(16_383)]
    [InlineData(40_000)]
    [InlineData(65_000)]
    [InlineData(65_536)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Replies_stand_in_order_around_values_of_any_size(int bytes)
    {
        using RunningServer server = Start();
        using TestClient client = server.Connect();
        string a = Store(client, "a", 'a', bytes), b = Store(client, "b", 'b', bytes);
        string small = Store(client, "s", 's', 3);
        string requests = "get s\r\nget a\r\nversion\r\nget a b s\r\nmg a v s\r\nmn\r\nget b\r\ngets none\r\nget s b\r\n";
        string expected = $"{Value("s", small)}END\r\n{Value("a", a)}END\r\nVERSION 1.6.45\r\n{Value("a", a)}{Value("b", b)}{Value("s", small)}END\r\n"
            + $"VA {bytes} s{bytes}\r\n{a}\r\nMN\r\n{Value("b", b)}END\r\nEND\r\n{Value("s", small)}{Value("b", b)}END\r\n";
        for (int i = 0; i < 3; i++)
        {
            client.Send(requests);
            Assert.Equal(expected, client.Read(expected.Length));
        }
    }

    [Fact]
    public void A_client_that_reads_late_gets_what_was_there_when_it_asked()
    {
        using RunningServer server = Start();
        using TestClient writer = server.Connect();
        string old = Store(writer, "k", 'o', 900_000);

        // More of them than may wait with a value of the log.
        TestClient[] readers = [.. Enumerable.Range(0, 20).Select(_ => server.Connect())];
        Array.ForEach(readers, reader => reader.Send(string.Concat(Enumerable.Repeat("get k\r\n", 8)) + "quit\r\n"));
        Eventually.Holds(() => Waiting(writer) == readers.Length);
        writer.Expect("delete k\r\n", "DELETED\r\n");
        Fill(writer, 40);
        string whole = $"{Value("k", old)}END\r\n";
        foreach (TestClient reader in readers)
        {
            // What the system's buffers took was asked for before the deletion; the rest of the pipeline is behind it.
            string got = reader.ReadToEnd();
            int values = got.Length / whole.Length;
            Assert.InRange(values, 1, 7);
            string expected = string.Concat(Enumerable.Repeat(whole, values)) + string.Concat(Enumerable.Repeat("END\r\n", 8 - values));
            Assert.True(got == expected, "Something else than whole values came.");
            reader.Dispose();
        }
    }

    [Fact]
    public void Clients_that_never_read_hold_no_memory_when_they_are_gone()
    {
        using RunningServer server = Start();
        using TestClient writer = server.Connect();
        for (int round = 0; round < 5; round++)
        {
            Store(writer, "k", (char)('a' + round), 900_000);
            TestClient[] readers = [.. Enumerable.Range(0, 12).Select(_ => server.Connect())];
            Array.ForEach(readers, reader => reader.Send(string.Concat(Enumerable.Repeat("get k\r\n", 10))));
            Eventually.Holds(() => Waiting(writer) == readers.Length);
            Fill(writer, 40);
            Array.ForEach(readers, reader => reader.Reset());
            Eventually.Equals("1", () => writer.Stat("curr_connections"));
        }

        Fill(writer, 40);
        Assert.Equal("0", writer.Stat("response_obj_oom"));
    }

    [Fact]
    public void The_binary_protocol_gets_its_values_too()
    {
        using RunningServer server = Start();
        using TestClient writer = server.Connect();
        string value = Store(writer, "k", 'v', 500_000);
        using TestClient client = server.Connect();
        byte[] get = [0x80, 0x00, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'k'];
        client.Send([.. get, .. get]);
        for (int i = 0; i < 2; i++)
        {
            string reply = client.Read(24 + 4 + value.Length);
            Assert.Equal('\u0081', reply[0]);
            Assert.Equal(value, reply[28..]);
        }
    }

    private RunningServer Start() => new(_options, new StoreOptions { MemoryLimitBytes = MemoryBytes });

    private static string Store(TestClient client, string key, char letter, int bytes)
    {
        // A pattern, so that a piece at the wrong place is seen.
        StringBuilder text = new(bytes);
        for (int i = 0; text.Length < bytes; i++)
        {
            text.Append(letter).Append(i);
        }

        text.Length = bytes;
        string value = text.ToString();
        client.Expect($"set {key} 0 0 {bytes}\r\n{value}\r\n", "STORED\r\n");
        return value;
    }

    /// <summary>Writes more than the memory holds, so that everything old is evicted, and values that fit where others were.</summary>
    private static void Fill(TestClient client, int megabytes)
    {
        string value = new('f', 900_000);
        for (int i = 0; i < megabytes; i++)
        {
            client.Expect($"set fill{i} 0 0 {value.Length}\r\n{value}\r\n", "STORED\r\n");
        }
    }

    private static int Waiting(TestClient client)
    {
        client.Send("stats conns\r\n");
        return client.ReadUntil("END\r\n").Split("conn_mwrite").Length - 1;
    }

    private static string Value(string key, string value) => $"VALUE {key} 0 {value.Length}\r\n{value}\r\n";
}
