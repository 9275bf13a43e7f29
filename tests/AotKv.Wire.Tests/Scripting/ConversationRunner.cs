using System.Net;
using System.Text;

namespace AotKv.Wire.Tests.Scripting;

/// <summary>Holds a conversation with a server, and stops at the first thing that is not as written.</summary>
internal sealed class ConversationRunner : IDisposable
{
    private const byte BinaryRequest = 0x80;

    private static readonly TimeSpan PauseTime = TimeSpan.FromMilliseconds(50);

    private readonly Conversation _conversation;
    private readonly EndPoint _server;
    private readonly string _serverName;
    private readonly Cuts _cuts;
    private readonly TimeSpan _patience;
    private readonly SortedDictionary<int, WireConnection> _connections = [];
    private readonly Dictionary<int, Dictionary<string, string>> _tables = [];
    private readonly List<(int Connection, byte[] Bytes)> _unsent = [];
    private readonly HashSet<int> _closed = [];
    private readonly HashSet<int> _binary = [];
    private readonly Dictionary<string, string> _variables = [];

    private ConversationRunner(Conversation conversation, EndPoint server, string serverName, Cuts cuts, TimeSpan patience)
    {
        _patience = patience;
        _conversation = conversation;
        _server = server;
        _serverName = serverName;
        _cuts = cuts;
    }

    /// <summary>Runs a conversation from a clean store.</summary>
    /// <param name="conversation">What to say and expect.</param>
    /// <param name="server">Where the server listens.</param>
    /// <param name="serverName">Its name in differences: <see cref="ServerNames.AotKv"/> or memcached's version.</param>
    /// <param name="cuts">How each write is cut.</param>
    /// <param name="patience">How long silence may last before it is an answer.</param>
    /// <exception cref="ConversationException">The server said something else.</exception>
    public static void Run(Conversation conversation, EndPoint server, string serverName, Cuts cuts, TimeSpan? patience = null)
    {
        Reset(server, conversation.Login);
        using var runner = new ConversationRunner(conversation, server, serverName, cuts, patience ?? WireConnection.DefaultPatience);
        foreach (var step in conversation.Steps)
            runner.Do(step);
        runner.End();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections.Values)
            connection.Dispose();
    }

    private static void Reset(EndPoint server, string? login)
    {
        using var connection = new WireConnection(server);
        if (login != null)
        {
            connection.Write($"set login 0 0 {login.Length}\r\n{login}\r\n");
            if (connection.TakeLine() is not "STORED")
                throw new ConversationException($"the server refused the login {login}: {connection.Rest()}");
        }

        connection.Write("flush_all\r\nstats reset\r\n");
        // With -F the conversation itself cleans up.
        var flushed = connection.TakeLine();
        if (flushed is not ("OK" or "CLIENT_ERROR flush_all not allowed") || connection.TakeLine() != "RESET")
            throw new ConversationException($"the server could not be emptied before the conversation: {flushed} {connection.Rest()}");
    }

    private void Do(Step step)
    {
        if (step is Send send)
        {
            Gather(send.Connection, send.Payload.Expand(_variables));
            return;
        }

        Write();
        switch (step)
        {
            case Pause pause:
                Connection(pause.Connection).Flush();
                Thread.Sleep(PauseTime);
                break;
            case Wait wait:
                Thread.Sleep(wait.Time);
                break;
            case Close close:
                Connection(close.Connection).Close(close.Kind);
                _closed.Add(close.Connection);
                break;
            case Expect expect:
                var difference = expect.Differences.FirstOrDefault(difference => difference.IsAbout(_serverName));
                foreach (var expectation in difference?.Instead ?? expect.Normal)
                    Check(expect, expectation);
                break;
        }
    }

    private void Gather(int connection, byte[] bytes)
    {
        if (_unsent.Count > 0 && _unsent[^1].Connection == connection)
            _unsent[^1] = (connection, [.. _unsent[^1].Bytes, .. bytes]);
        else
            _unsent.Add((connection, bytes));
    }

    private void Write()
    {
        foreach (var (connection, bytes) in _unsent)
        {
            if (!_connections.ContainsKey(connection) && bytes is [BinaryRequest, ..])
                _binary.Add(connection);
            Connection(connection).Write(_cuts.Apply(bytes), _cuts.Pause);
        }

        _unsent.Clear();
    }

    private WireConnection Connection(int number)
    {
        if (!_connections.TryGetValue(number, out var connection))
            _connections[number] = connection = new WireConnection(_server, _patience, _conversation.IsUdp);
        return connection;
    }

    private void Check(Expect step, Expectation expectation)
    {
        var connection = Connection(step.Connection);
        var instead = expectation.Kind switch
        {
            ExpectKind.Bytes => connection.Take(expectation.Text.Expand(_variables)),
            ExpectKind.Packet => TakePacket(connection, expectation.Packet!),
            ExpectKind.BareLine => CheckLine(connection, expectation.Text, isBare: true),
            ExpectKind.Line when expectation.Text.HasPattern => CheckLine(connection, expectation.Text),
            ExpectKind.Line => connection.Take([.. expectation.Text.Expand(_variables), (byte)'\r', (byte)'\n']),
            ExpectKind.Closed => CheckClosed(step.Connection, connection),
            ExpectKind.Table => ReadTable(step.Connection, connection),
            _ => CheckTable(step.Connection, expectation),
        };
        if (instead != null)
            Fail(step.Line, $"expected {expectation.Source}\n     got {instead}");
    }

    private string? TakePacket(WireConnection connection, Packet packet)
    {
        if (connection.TakeBytes(Packet.HeaderBytes) is not { } header)
            return connection.Rest();
        return connection.TakeBytes(Packet.BodyBytes(header)) is { } body ? packet.Compare(header, body, _variables) : connection.Rest();
    }

    private string? CheckLine(WireConnection connection, Template text, bool isBare = false) => connection.TakeLine(isBare) switch
    {
        null => connection.Rest(),
        var line => text.Matches(line, _variables) ? null : $"{WireConnection.Escape(line)}\\r\\n, then {connection.Rest()}",
    };

    private string? CheckClosed(int number, WireConnection connection)
    {
        _closed.Add(number);
        return connection.TakeClose();
    }

    private string? ReadTable(int number, WireConnection connection)
    {
        var table = _tables[number] = [];
        while (connection.TakeLine() is { } line)
        {
            if (line == "END")
                return null;
            var words = line.Split(' ', 3);
            if (words[0] != "STAT" || words.Length < 3)
                return WireConnection.Escape(line);
            if (!table.TryAdd(words[1], words[2]))
                return $"{words[1]} twice";
        }

        return connection.Rest();
    }

    private string? CheckTable(int number, Expectation expectation)
    {
        if (!_tables.TryGetValue(number, out var table))
            throw new ConversationException($"{_conversation}: a stat without a table before it");
        if (!table.TryGetValue(expectation.Name, out var value))
            return expectation.Kind == ExpectKind.NoStat ? null : $"no such name among {table.Count}";
        return expectation.Kind == ExpectKind.Stat && expectation.Text.Matches(value, _variables)
            ? null
            : $"STAT {expectation.Name} {value}";
    }

    /// <summary>Every connection that is still open must be in step: nothing more was said, and the next command is understood.</summary>
    private void End()
    {
        Write();
        foreach (var (number, connection) in _connections.Where(pair => !_closed.Contains(pair.Key)))
        {
            if (_binary.Contains(number))
            {
                var version = Packet.Parse("version opaque=feed");
                connection.Write(version.Expand(_variables));
                if (TakePacket(connection, Packet.Parse(@"version opaque=feed value=\{w}")) is { } said)
                    Fail(_conversation.Steps[^1].Line, $"expected nothing more on connection {number}\n     got {said}");
                continue;
            }

            connection.Write("version\r\n");
            var line = connection.TakeLine() ?? "";
            if (line.StartsWith("VERSION ", StringComparison.Ordinal)
                || (_conversation.Login != null && line == "CLIENT_ERROR unauthenticated"))
                continue;
            var instead = $"{WireConnection.Escape(line)} {connection.Rest()}";
            Fail(_conversation.Steps[^1].Line, $"expected nothing more on connection {number}\n     got {instead}");
        }
    }

    private void Fail(int line, string what)
    {
        var message = new StringBuilder($"{_conversation.File}:{line} ({_conversation.Name}) against {_serverName}, {_cuts.Name}\n{what}");
        foreach (var (name, value) in _variables)
            message.Append($"\n{name} = {value}");
        throw new ConversationException(message.ToString());
    }
}

/// <summary>A server said something that the conversation does not expect.</summary>
internal sealed class ConversationException(string message) : Exception(message);
