using System.Text.Json;
using AotKv.Engine;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Http.Execute;

/// <summary>
/// The body of <c>POST /v1/execute</c>. Names of members are compared without case, unknown ones are passed over and null counts as
/// missing, as in memstore.
/// </summary>
internal sealed partial class ExecuteRequest : IDisposable
{
    /// <summary>A command may become four of a batch.</summary>
    private const int MaxCommands = Engine.Transactions.StoreBatch.MaxCommands / 4;

    private readonly ArrayPoolBufferWriter<byte> _scratch = new();
    private readonly Store _store;
    private ExecuteCommand[] _commands = new ExecuteCommand[8];
    private string? _namespaceName;

    /// <summary>An empty one.</summary>
    /// <param name="store">Whose namespaces it names.</param>
    public ExecuteRequest(Store store) => _store = store;

    /// <summary>What is wrong with the body; null when nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>A namespace that there is none of.</summary>
    public bool LacksNamespace { get; private set; }

    public Span<ExecuteCommand> Commands => _commands.AsSpan(0, Count);

    public int Count { get; private set; }

    /// <summary>It uses something that memstore does not have: so the reply may hold more than memstore's.</summary>
    public bool IsExtended { get; private set; }

    /// <summary>Values in the reply are base64.</summary>
    public bool WantsBase64 { get; private set; }

    /// <summary>The reply waits for the log.</summary>
    public bool WantsDisk { get; private set; }

    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> body, TextPlace place) =>
        (place.IsScratch ? _scratch.WrittenSpan : body).Slice(place.At, place.Length);

    /// <summary>Reads a body into an empty request. See <see cref="Error"/> for whether it was one.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isPlainTried">The short way for the common form may be taken; otherwise the long one is, for tests.</param>
    public void Read(ReadOnlySpan<byte> body, bool isPlainTried = true)
    {
        if (isPlainTried && TryReadPlain(body))
        {
            return;
        }

        try
        {
            ReadOuter(body);
        }
        catch (JsonException exception)
        {
            Error = Unbound(ExplainSyntax(body, exception));
        }
        catch (InvalidOperationException)
        {
            Error = Unbound("a string is not valid Unicode; give key_base64 or value_base64 for bytes");
        }
    }

    /// <summary>Empties it, for the next body.</summary>
    public void Clear()
    {
        Commands.Clear(); // of their namespaces
        Count = 0;
        Error = null;
        LacksNamespace = false;
        IsExtended = false;
        WantsBase64 = false;
        WantsDisk = false;
        _namespaceName = null;
        if (_scratch.WrittenCount > 0)
        {
            _scratch.Clear();
        }
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>The outer object first, whole: so a body that is not JSON is refused whatever its commands say, and the namespace is known.</summary>
    private void ReadOuter(ReadOnlySpan<byte> body)
    {
        if (body.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            Error = Unbound("EOF");
            return;
        }

        Utf8JsonReader reader = new(body);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            ExpectEnd(ref reader);
            Error = reader.TokenType == JsonTokenType.Null ? "empty request" : Unbound($"json: cannot unmarshal {KindOf(reader.TokenType)} into a transaction");
            return;
        }

        Utf8JsonReader commands = default;
        bool hasCommands = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = MemberName(ref reader);
            reader.Read();
            if (name == "commands")
            {
                commands = reader;
                hasCommands = reader.TokenType != JsonTokenType.Null;
                reader.Skip();
            }
            else
            {
                ReadOuterMember(name, ref reader);
            }
        }

        ExpectEnd(ref reader);
        if (Error != null)
        {
            return;
        }

        if (!hasCommands)
        {
            Error = "empty request";
            return;
        }

        ReadCommands(ref commands, body);
    }

    private void ReadOuterMember(string name, ref Utf8JsonReader reader)
    {
        switch (name)
        {
            case "namespace":
                IsExtended = true;
                _namespaceName = OneOf(ref reader, name);
                break;
            case "encoding":
                IsExtended = true;
                WantsBase64 = OneOf(ref reader, name, "text", "base64") == "base64";
                break;
            case "durability":
                IsExtended = true;
                WantsDisk = OneOf(ref reader, name, "memory", "disk") == "disk";
                break;
            case "found":
                IsExtended |= reader.TokenType == JsonTokenType.True;
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private void ReadCommands(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Error = Unbound($"json: cannot unmarshal {KindOf(reader.TokenType)} into commands, which is an array");
            return;
        }

        var defaultNamespace = _namespaceName == null ? _store.DefaultNamespace : HttpCall.Find(_store, _namespaceName);
        LacksNamespace = defaultNamespace == null;
        string? unknown = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Count == MaxCommands)
            {
                Error = $"a transaction has at most {MaxCommands} commands";
                return;
            }

            if (Count == _commands.Length)
            {
                Array.Resize(ref _commands, Count * 2);
            }

            ref ExecuteCommand command = ref _commands[Count++];
            command = new ExecuteCommand { TtlMilliseconds = -1, Namespace = defaultNamespace };
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadCommand(ref reader, ref command, body);
            }
            else if (reader.TokenType != JsonTokenType.Null)
            {
                Error ??= Unbound($"json: cannot unmarshal {KindOf(reader.TokenType)} into a command");
                reader.Skip();
            }

            unknown ??= command.Kind == ExecuteKind.Unknown ? "unknown command" : null;
        }

        Error ??= unknown;
    }

    private static void ExpectEnd(ref Utf8JsonReader reader)
    {
        JsonTokenType last = reader.TokenType;
        Utf8JsonReader rest = reader;
        while (rest.Read())
        {
            // A scalar has no more tokens; anything behind the value throws.
        }

        System.Diagnostics.Debug.Assert(last != JsonTokenType.None, "the value was read");
    }

    private static string Unbound(string message) => "could not bind request: " + message;

    /// <summary>What Go calls a value.</summary>
    private static string KindOf(JsonTokenType token) => token switch
    {
        JsonTokenType.Number => "number",
        JsonTokenType.String => "string",
        JsonTokenType.True or JsonTokenType.False => "bool",
        JsonTokenType.StartArray => "array",
        _ => "object",
    };

    private static string ExplainSyntax(ReadOnlySpan<byte> body, JsonException exception)
    {
        int offset = OffsetOf(body, exception.LineNumber ?? 0, exception.BytePositionInLine ?? 0);
        if (offset >= body.Length)
        {
            return "unexpected EOF";
        }

        return body[offset] is > 0x20 and < 0x7f
            ? $"invalid character '{(char)body[offset]}' at byte {offset}"
            : $"invalid character 0x{body[offset]:x2} at byte {offset}";
    }

    private static int OffsetOf(ReadOnlySpan<byte> body, long line, long column)
    {
        int at = 0;
        for (; line > 0; line--)
        {
            int end = body[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                break;
            }

            at += end + 1;
        }

        return (int)Math.Min(at + column, body.Length);
    }
}
