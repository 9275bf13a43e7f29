using System.Text;
using AotKv.Protocol;
using AotKv.Protocol.Binary;
using AotKv.Protocol.Text;
using AotKv.Server.Auth;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>Logins: a <c>set</c> on text connections (memcached's -Y), SASL PLAIN on binary ones (-S).</summary>
internal sealed partial class Session
{
    private bool _isLoggedIn; // nobody has to, or this client has
    private bool _isSaslBegun; // the mechanism was named and its data is to come with a step

    private static ReadOnlySpan<byte> SaslMechanism => "PLAIN"u8;

    /// <summary>Nothing but logins is looked at until one of them is right.</summary>
    private SessionStatus ContinueLogin(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        while (!_isLoggedIn)
        {
            ReadOnlySpan<byte> rest = input.Slice(consumed);
            if (rest.IsEmpty)
            {
                return SessionStatus.NeedInput;
            }

            if (writer.Room < ServerLimits.MinReplyRoomBytes)
            {
                return SessionStatus.ReplyFull;
            }

            if (budget <= 0)
            {
                return SessionStatus.Yield;
            }

            ParseStatus status = LoginParser.ParseLine(rest, out Request request);
            if (status == ParseStatus.NeedMore)
            {
                return SessionStatus.NeedInput;
            }

            budget--;
            if (status == ParseStatus.Bad)
            {
                if (request.LineLength == 0)
                {
                    consumed = input.Length;
                    _phase = Phase.Closed;
                    return SessionStatus.Close;
                }

                consumed += request.LineLength;
                writer.Write(TextReplies.For(request.Error));
                continue;
            }

            ReadOnlySpan<byte> data = rest.Slice(request.LineLength);
            status = LoginParser.ParseData(data, request.ValueLength, out int nameLength, out ProtocolError error);
            if (status == ParseStatus.NeedMore)
            {
                return SessionStatus.NeedInput;
            }

            consumed += request.LineLength + request.ValueLength + TextReplies.LineEnd.Length;
            if (status == ParseStatus.Bad)
            {
                writer.Write(TextReplies.For(error));
                continue;
            }

            _isLoggedIn = IsRight(
                _host.State.Options.TextLogins!, data.Slice(0, nameLength), data[(nameLength + 1)..request.ValueLength]);
            writer.Write(_isLoggedIn ? TextReplies.Stored : TextReplies.LoginFailed);
        }

        _phase = Phase.Line;
        return SessionStatus.Continue;
    }

    /// <summary>List of mechanisms, authentication, step. A client may try again as often as it likes.</summary>
    private void Sasl(in BinaryRequest request, ReadOnlySpan<byte> bytes, ref ReplyWriter writer)
    {
        if (request.Command == BinaryCommand.SaslList)
        {
            writer.Advance(BinaryComposer.WithText(writer.Free, request, BinaryStatus.Ok, SaslMechanism));
            return;
        }

        if (request.KeyLength > BinaryParser.MaxMechanismLength)
        {
            writer.Advance(BinaryComposer.Error(writer.Free, request, BinaryStatus.InvalidArguments));
            return;
        }

        ReadOnlySpan<byte> data = bytes.Slice(request.HeadLength);
        bool isStep = request.Command == BinaryCommand.SaslStep;
        bool isKnown = isStep ? _isSaslBegun : Ascii.EqualsIgnoreCase(bytes.Slice(request.KeyOffset, request.KeyLength), SaslMechanism);
        _isLoggedIn = false;
        _isSaslBegun = isKnown && !isStep && data.IsEmpty;
        if (_isSaslBegun)
        {
            writer.Advance(BinaryComposer.WithText(writer.Free, request, BinaryStatus.AuthContinue, default));
            return;
        }

        if (isKnown && TryReadPlain(data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password))
        {
            _isLoggedIn = IsRight(_host.State.Options.SaslLogins!, name, password);
        }
        else
        {
            _host.Counters.Add(Counter.AuthCmds);
            _host.Counters.Add(Counter.AuthErrors);
        }

        writer.Advance(_isLoggedIn
            ? BinaryComposer.WithText(writer.Free, request, BinaryStatus.Ok, BinaryReplies.Authenticated)
            : BinaryComposer.Error(writer.Free, request, BinaryStatus.AuthError));
    }

    /// <summary>
    /// The data of PLAIN (RFC 4616): whom to act as, who one is, and the password, parted by zero bytes. Nobody may act as somebody else.
    /// </summary>
    private static bool TryReadPlain(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> password)
    {
        name = default;
        password = default;
        int first = data.IndexOf((byte)0);
        if (first < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = data[(first + 1)..];
        int second = rest.IndexOf((byte)0);
        if (second < 0)
        {
            return false;
        }

        name = rest[..second];
        password = rest[(second + 1)..];
        return first == 0 || data[..first].SequenceEqual(name);
    }

    private bool IsRight(ICredentialStore logins, ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        bool isRight = logins.Verify(name, password);
        _host.Counters.Add(Counter.AuthCmds);
        if (!isRight)
        {
            _host.Counters.Add(Counter.AuthErrors);
        }

        return isRight;
    }
}
