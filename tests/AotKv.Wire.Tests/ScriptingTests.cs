using System.Net;
using System.Net.Sockets;
using System.Text;
using AotKv.Wire.Tests.Scripting;

namespace AotKv.Wire.Tests;

/// <summary>The conversations' own format and runner: a wrong answer must not pass.</summary>
public sealed class ScriptingTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Theory]
    [InlineData(@"a\r\n\t\\\s", "a\r\n\t\\ ")]
    [InlineData(@"\x00\xff", "\0\u00ff")]
    [InlineData("ä", "\u00c3\u00a4")]
    [InlineData(@"\{*3 ab}c", "abababc")]
    [InlineData(@"\{8..11 k$i,}", "k8,k9,k10,k11,")]
    [InlineData(@"\{*2 \}\r}", "}\r}\r")]
    [InlineData(@"\{bytes 3}", "\0\u0001\u0002")]
    public void Template_expands_escapes_and_braces(string text, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(Template.Parse(text).Expand(NoVariables)));

    [Theory]
    [InlineData(@"\q")]
    [InlineData(@"\")]
    [InlineData(@"\{*3 ab")]
    [InlineData(@"\{unknown}")]
    public void Template_that_is_not_understood_is_refused(string text) => Assert.Throws<FormatException>(() => Template.Parse(text));

    [Fact]
    public void Pattern_captures_what_a_later_line_compares()
    {
        var variables = new Dictionary<string, string>();
        Assert.True(Template.Parse(@"VALUE k 0 1 \{id=u}").Matches("VALUE k 0 1 77", variables));
        Assert.Equal("77", variables["id"]);
        Assert.True(Template.Parse(@"\{$id} \{w}").Matches("77 word", variables));
        Assert.False(Template.Parse(@"\{$id}").Matches("78", variables));
        Assert.False(Template.Parse(@"\{u}").Matches("7x", variables));
    }

    [Theory]
    [InlineData("> get k\n< END")]
    [InlineData("== a\n? what")]
    [InlineData("== a\n<[1.6.18: no line before it] x")]
    [InlineData("== a\n> x\n< y\n<[1.6.18] without a reason")]
    [InlineData("== a\n> x\n== a\n> x")]
    [InlineData("== a\n@unknown x")]
    public void File_that_is_not_understood_is_refused(string text) =>
        Assert.Throws<FormatException>(() => ConversationReader.Read("test.conv", text.Split('\n')));

    [Theory]
    [InlineData("> ping\n< pong")]
    [InlineData("> ping\n> ping\n< pong\n< pong")]
    [InlineData("> ping\n<- po\n<- ng\\r\\n")]
    [InlineData("> ping\n< \\{w}")]
    [InlineData("> table\n<table\n<stat a 1\n<stat b \\{r}\n<nostat c")]
    [InlineData("> bye\n<closed")]
    [InlineData("> ping\n2> ping\n2< pong\n< pong")]
    [InlineData("> ping\n< pang\n<[memcached: says so] pong")]
    [InlineData("> ping\n<none\n<[9.9: says so] pong")]
    public void Conversation_that_goes_as_written_passes(string text)
    {
        foreach (var cuts in new[] { Cuts.None, Cuts.At(1), Cuts.At(3), Cuts.EveryByte, Cuts.RandomPair(1) })
            Run(text, cuts);
    }

    [Theory]
    [InlineData("> ping\n< pang", "expected pang")]
    [InlineData("> ping\n< pon", "expected pon")]
    [InlineData("> ping\n< pong\n< pong", "(silence)")]
    [InlineData("> ping\n> ping\n< pong", "expected nothing more")]
    [InlineData("> ping\n<- x", "got pong")]
    [InlineData("> bye\n< pong", "(closed)")]
    [InlineData("> ping\n<closed", "expected (closed)")]
    [InlineData("> table\n<table\n<stat a 2", "STAT a 1")]
    [InlineData("> table\n<table\n<stat c 2", "no such name")]
    [InlineData("> table\n<table\n<nostat a", "STAT a 1")]
    [InlineData("> ping\n< pong\n<[memcached: no longer true] pang", "expected pang")]
    [InlineData("> ping\n<none\n< pong\n< pong", "expected pong")]
    public void Conversation_that_goes_otherwise_fails(string text, string message)
    {
        var failure = Assert.Throws<ConversationException>(() => Run(text, Cuts.None));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cuts_lose_and_move_nothing()
    {
        var bytes = Encoding.ASCII.GetBytes("0123456789");
        var places = Enumerable.Range(0, 12).Select(Cuts.At);
        var pairs = Enumerable.Range(0, 50).Select(Cuts.RandomPair);
        foreach (var cuts in places.Concat(pairs).Append(Cuts.EveryByte).Append(Cuts.None))
            Assert.Equal("0123456789", string.Concat(cuts.Apply(bytes).Select(piece => Encoding.ASCII.GetString(piece.Span))));
        Assert.Equal(10, Cuts.EveryByte.Apply(bytes).Count);
    }

    private static void Run(string text, Cuts cuts)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Factory.StartNew(
            () => Serve(listener), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var conversation = Assert.Single(ConversationReader.Read("test.conv", ("== test\n" + text).Split('\n')));
        try
        {
            ConversationRunner.Run(conversation, listener.LocalEndpoint, "9.9", cuts, TimeSpan.FromSeconds(2));
        }
        finally
        {
            listener.Stop();
            serving.Wait(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>A server of a few words.</summary>
    private static void Serve(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var client = listener.AcceptTcpClient();
                _ = Task.Factory.StartNew(
                    () => Serve(client), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The listener was stopped.
        }
    }

    private static void Serve(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream()))
        {
            while (reader.ReadLine() is { } line && line != "bye")
            {
                var reply = line switch
                {
                    "flush_all" => "OK\r\n",
                    "stats reset" => "RESET\r\n",
                    "version" => "VERSION 9.9\r\n",
                    "ping" => "pong\r\n",
                    "table" => "STAT a 1\r\nSTAT b 2.5\r\nEND\r\n",
                    _ => "ERROR\r\n",
                };
                client.GetStream().Write(Encoding.ASCII.GetBytes(reply));
            }
        }
    }
}
