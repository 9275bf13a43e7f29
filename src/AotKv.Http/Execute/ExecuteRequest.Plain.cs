using System.Buffers;
using System.Text.Unicode;

namespace AotKv.Http.Execute;

/// <content>
/// The common form of a body, read in one pass: nothing beside <c>commands</c>, of which each has <c>cmd_type</c> GET or SET, <c>key</c> and
/// <c>value</c> as strings without escapes. Whatever else comes, mistakes included, is left to the reader that knows all of JSON, from the start.
/// </content>
internal sealed partial class ExecuteRequest
{
    /// <summary>Ends the plain part of a JSON string: the quote; the others are not for here.</summary>
    private static readonly SearchValues<byte> StringEnds = SearchValues.Create([(byte)'"', (byte)'\\', .. Enumerable.Range(0, 0x20).Select(c => (byte)c)]);

    /// <summary>Reads the body if it has the common form.</summary>
    /// <returns>False when it does not: then nothing of it was kept.</returns>
    private bool TryReadPlain(ReadOnlySpan<byte> body)
    {
        int at = 0;
        bool isRead = Takes(body, ref at, (byte)'{') && TryString(body, ref at, out TextPlace name) && Text(body, name).SequenceEqual("commands"u8)
            && Takes(body, ref at, (byte)':') && Takes(body, ref at, (byte)'[') && TryReadPlainCommands(body, ref at)
            && Takes(body, ref at, (byte)'}') && Next(body, ref at) == 0 && at == body.Length
            && Utf8.IsValid(body);
        Count = isRead ? Count : 0;
        return isRead;
    }

    private bool TryReadPlainCommands(ReadOnlySpan<byte> body, ref int at)
    {
        if (Next(body, ref at) == ']')
        {
            at++;
            return true;
        }

        var ns = _store.DefaultNamespace;
        do
        {
            if (Count == MaxCommands)
            {
                return false;
            }

            if (Count == _commands.Length)
            {
                Array.Resize(ref _commands, Count * 2);
            }

            ref ExecuteCommand command = ref _commands[Count++];
            command = new ExecuteCommand { TtlMilliseconds = -1, Namespace = ns };
            if (!TryReadPlainCommand(body, ref at, ref command))
            {
                return false;
            }
        }
        while (Takes(body, ref at, (byte)','));
        return Takes(body, ref at, (byte)']');
    }

    private static bool TryReadPlainCommand(ReadOnlySpan<byte> body, ref int at, ref ExecuteCommand command)
    {
        if (!Takes(body, ref at, (byte)'{'))
        {
            return false;
        }

        do
        {
            if (!TryString(body, ref at, out TextPlace name) || !Takes(body, ref at, (byte)':') || !TryString(body, ref at, out TextPlace value))
            {
                return false;
            }

            ReadOnlySpan<byte> member = body.Slice(name.At, name.Length);
            if (member.SequenceEqual("key"u8))
            {
                command.Key = value;
            }
            else if (member.SequenceEqual("value"u8))
            {
                command.Value = value;
            }
            else if (member.SequenceEqual("cmd_type"u8) && PlainKindOf(body.Slice(value.At, value.Length)) is var kind and not ExecuteKind.Unknown)
            {
                command.Kind = kind;
            }
            else
            {
                return false;
            }
        }
        while (Takes(body, ref at, (byte)','));
        return Takes(body, ref at, (byte)'}') && command.Kind != ExecuteKind.Unknown;
    }

    private static ExecuteKind PlainKindOf(ReadOnlySpan<byte> text)
    {
        if (text.Length != 3)
        {
            return ExecuteKind.Unknown;
        }

        int small = (text[0] << 16 | text[1] << 8 | text[2]) | 0x20_20_20; // of no byte but the capital letter this makes the small one
        return small == ('g' << 16 | 'e' << 8 | 't') ? ExecuteKind.Get : small == ('s' << 16 | 'e' << 8 | 't') ? ExecuteKind.Set : ExecuteKind.Unknown;
    }

    private static bool TryString(ReadOnlySpan<byte> body, ref int at, out TextPlace place)
    {
        place = default;
        if (!Takes(body, ref at, (byte)'"'))
        {
            return false;
        }

        int length = body[at..].IndexOfAny(StringEnds);
        if (length < 0 || body[at + length] != '"')
        {
            return false;
        }

        place = new(at, length, isScratch: false);
        at += length + 1;
        return true;
    }

    /// <summary>Steps over a byte and the blanks before it.</summary>
    private static bool Takes(ReadOnlySpan<byte> body, ref int at, byte wanted)
    {
        if ((uint)at < (uint)body.Length && body[at] == wanted)
        {
            at++;
            return true;
        }

        if (Next(body, ref at) != wanted)
        {
            return false;
        }

        at++;
        return true;
    }

    /// <summary>Steps over blanks; the byte behind them, 0 for the end (which no JSON has as a byte).</summary>
    private static byte Next(ReadOnlySpan<byte> body, ref int at)
    {
        while ((uint)at < (uint)body.Length)
        {
            if (body[at] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return body[at];
            }

            at++;
        }

        return 0;
    }
}
