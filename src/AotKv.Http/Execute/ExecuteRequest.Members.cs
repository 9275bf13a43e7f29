using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AotKv.Http.Execute;

/// <content>The members of one command.</content>
internal sealed partial class ExecuteRequest
{
    private const long MaxTtlMilliseconds = 1000L * 60 * 60 * 24 * 365 * 1000;

    private void ReadCommand(ref Utf8JsonReader reader, ref ExecuteCommand command, ReadOnlySpan<byte> body)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (IsName(reader, "cmd_type"u8))
            {
                reader.Read();
                if (TakesString(ref reader, "cmd_type"))
                {
                    command.Kind = KindOf(Place(ref reader, body), body);
                }
            }
            else if (IsName(reader, "key"u8))
            {
                reader.Read();
                command.Key = TakesString(ref reader, "key") ? Place(ref reader, body) : default;
            }
            else if (IsName(reader, "value"u8))
            {
                reader.Read();
                command.Value = TakesString(ref reader, "value") ? Place(ref reader, body) : default;
            }
            else
            {
                string name = MemberName(ref reader);
                reader.Read();
                ReadExtension(name, ref reader, ref command, body);
            }
        }
    }

    private void ReadExtension(string name, ref Utf8JsonReader reader, ref ExecuteCommand command, ReadOnlySpan<byte> body)
    {
        switch (name)
        {
            case "cmd_type":
                command.Kind = TakesString(ref reader, name) ? KindOf(Place(ref reader, body), body) : ExecuteKind.Unknown;
                return;
            case "key":
                command.Key = TakesString(ref reader, name) ? Place(ref reader, body) : default;
                return;
            case "value":
                command.Value = TakesString(ref reader, name) ? Place(ref reader, body) : default;
                return;
            case "key_base64":
                command.Key = Base64Place(ref reader, name, body);
                break;
            case "value_base64":
                command.Value = Base64Place(ref reader, name, body);
                break;
            case "namespace":
                string? ns = OneOf(ref reader, name);
                command.Namespace = ns == null ? command.Namespace : HttpCall.Find(_store, ns);
                LacksNamespace |= command.Namespace == null;
                break;
            case "ttl":
                command.TtlMilliseconds = (long)Number(ref reader, name, MaxTtlMilliseconds, out bool hasTtl);
                command.TtlMilliseconds = hasTtl ? command.TtlMilliseconds : -1;
                break;
            case "flags":
                command.Flags = (uint)Number(ref reader, name, uint.MaxValue, out _);
                break;
            case "if_revision":
                command.IfRevision = Number(ref reader, name, ulong.MaxValue, out command.HasIfRevision);
                break;
            case "if_absent":
                command.IfAbsent = reader.TokenType == JsonTokenType.True;
                break;
            case "by":
                command.HasDelta = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out command.Delta);
                Error ??= command.HasDelta || reader.TokenType == JsonTokenType.Null ? null : "by must be a whole number of 64 bits";
                break;
            default:
                reader.Skip();
                return;
        }

        IsExtended = true;
        reader.Skip();
    }

    private ExecuteKind KindOf(TextPlace place, ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> text = Text(body, place);
        if (Ascii.EqualsIgnoreCase(text, "get"u8))
        {
            return ExecuteKind.Get;
        }

        if (Ascii.EqualsIgnoreCase(text, "set"u8))
        {
            return ExecuteKind.Set;
        }

        ExecuteKind kind = Ascii.EqualsIgnoreCase(text, "del"u8) ? ExecuteKind.Delete
            : Ascii.EqualsIgnoreCase(text, "exists"u8) ? ExecuteKind.Exists
            : Ascii.EqualsIgnoreCase(text, "incr"u8) ? ExecuteKind.Increment
            : Ascii.EqualsIgnoreCase(text, "ttl"u8) ? ExecuteKind.Ttl
            : ExecuteKind.Unknown;
        IsExtended |= kind != ExecuteKind.Unknown;
        return kind;
    }

    /// <summary>Whether a string is there; null is none, anything else a mistake, in Go's words.</summary>
    private bool TakesString(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.Null)
        {
            Error ??= Unbound($"json: cannot unmarshal {KindOf(reader.TokenType)} into Go struct field Command.commands.{name} of type string");
            reader.Skip();
        }

        return false;
    }

    /// <summary>Where a string's bytes are: in the body, or unescaped in the scratch bytes.</summary>
    private TextPlace Place(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        if (reader.ValueIsEscaped)
        {
            int at = _scratch.WrittenCount;
            int length = reader.CopyString(_scratch.GetSpan(Math.Max(reader.ValueSpan.Length, 1)));
            _scratch.Advance(length);
            return new TextPlace(at, length, isScratch: true);
        }

        TextPlace place = new((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, isScratch: false);
        if (!Utf8.IsValid(Text(body, place)))
        {
            throw new InvalidOperationException();
        }

        return place;
    }

    private TextPlace Base64Place(ref Utf8JsonReader reader, string name, ReadOnlySpan<byte> body)
    {
        if (!TakesString(ref reader, name))
        {
            return default;
        }

        TextPlace text = Place(ref reader, body);
        int at = _scratch.WrittenCount;
        Span<byte> room = _scratch.GetSpan(Math.Max(Base64.GetMaxDecodedFromUtf8Length(text.Length), 1));
        if (Base64.DecodeFromUtf8(Text(body, text), room, out _, out int written) != System.Buffers.OperationStatus.Done)
        {
            Error ??= $"{name} is not base64";
            return default;
        }

        _scratch.Advance(written);
        return new TextPlace(at, written, isScratch: true);
    }

    /// <summary>A whole number, also as a string: JavaScript's numbers have 53 bits.</summary>
    private ulong Number(ref Utf8JsonReader reader, string name, ulong most, out bool has)
    {
        ulong number = 0;
        has = (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out number))
            || (reader.TokenType == JsonTokenType.String && ulong.TryParse(
                reader.GetString(), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out number));
        has &= number <= most;
        Error ??= has || reader.TokenType == JsonTokenType.Null ? null : $"{name} must be a whole number up to {most}";
        return has ? number : 0;
    }

    /// <summary>A word, one of some if any are given; null when it is missing or wrong.</summary>
    private string? OneOf(ref Utf8JsonReader reader, string name, params ReadOnlySpan<string> words)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        string? word = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        if (word == null || (words.Length > 0 && !words.Contains(word)))
        {
            Error ??= words.Length > 0 ? $"{name} must be one of {string.Join(", ", words.ToArray())}" : $"{name} must be a string";
            reader.Skip();
            return null;
        }

        return word;
    }

    /// <summary>A member's name in small letters.</summary>
    private static string MemberName(ref Utf8JsonReader reader) => reader.GetString()!.ToLowerInvariant();

    private static bool IsName(in Utf8JsonReader reader, ReadOnlySpan<byte> name) => !reader.ValueIsEscaped && reader.ValueSpan.SequenceEqual(name);
}
