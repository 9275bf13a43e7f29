using System.Text;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Puts what a parser said into words, so that tests and the reference parser compare readable lines.</summary>
internal static class Said
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>Parses and says what came out.</summary>
    public static string Parse(string input, int scanned = 0) => Parse(Bytes(input), scanned);

    public static string Parse(ReadOnlySpan<byte> input, int scanned = 0)
    {
        ParseStatus status = TextParser.Parse(input, scanned, out Request request);
        if (status != ParseStatus.Done || request.Verb is < Verb.MetaGet or > Verb.MetaNoop)
            return Describe(input, status, request);

        // What is behind the line is not looked at.
        ReadOnlySpan<byte> line = input[..request.LineLength];
        status = MetaParser.Parse(line, ref request, out MetaRequest meta);
        return Describe(line, status, request) + (status == ParseStatus.Done ? MetaSaid.Flags(line, request, meta) : "");
    }

    private static string Describe(ReadOnlySpan<byte> input, ParseStatus status, in Request request)
    {
        if (status == ParseStatus.NeedMore)
            return request.Equals(default(Request)) ? "NeedMore" : "NeedMore, but the request has changed";
        string noReply = request.NoReply ? " noreply" : "";
        if (status == ParseStatus.Bad)
            return Bad(request.Verb, request.Error, request.LineLength, request.SwallowLength, request.NoReply);
        if (request.Error != ProtocolError.None || request.SwallowLength != 0)
            return "Done, but with an error";

        string key = request.KeyLength == 0 ? "" : " key=" + Text(input.Slice(request.KeyOffset, request.KeyLength));
        string words = request.Verb switch
        {
            Verb.Get or Verb.Gets => key + Rest(input, request),
            Verb.Gat or Verb.Gats => $"{key}{Rest(input, request)} exptime={request.Exptime}",
            Verb.Set or Verb.Add or Verb.Replace or Verb.Append or Verb.Prepend =>
                $"{key} flags={request.ClientFlags} exptime={request.Exptime} bytes={request.ValueLength}",
            Verb.Cas => $"{key} flags={request.ClientFlags} exptime={request.Exptime} bytes={request.ValueLength} cas={request.Number}",
            Verb.Incr or Verb.Decr => $"{key} delta={request.Number}",
            Verb.Delete => key,
            Verb.Touch => $"{key} exptime={request.Exptime}",
            Verb.FlushAll => request.HasExptime ? $" exptime={request.Exptime}" : "",
            Verb.Verbosity => $" level={request.Number}",
            Verb.Stats or Verb.Shutdown or (>= Verb.CacheMemlimit and <= Verb.Misbehave) => key + Rest(input, request),
            Verb.Quit or Verb.Version or Verb.MetaNoop => key,
            Verb.MetaGet or Verb.MetaDelete or Verb.MetaArithmetic or Verb.MetaDebug => key,
            Verb.MetaSet => $"{key} bytes={request.ValueLength}",
            _ => " unknown verb",
        };
        return $"{request.Verb}{words}{noReply} line={request.LineLength}";
    }

    public static string Bad(Verb verb, ProtocolError error, int lineLength, long swallow, bool noReply) =>
        $"Bad {verb} {error}{(swallow == 0 ? "" : $" swallow={swallow}")}{(noReply ? " noreply" : "")} line={lineLength}";

    // Both the raw rest of the line and what a walk over it finds.
    private static string Rest(ReadOnlySpan<byte> input, in Request request)
    {
        ReadOnlySpan<byte> rest = input.Slice(request.KeyOffset, request.KeysLength);
        var words = new List<string>();
        foreach (ReadOnlySpan<byte> word in new KeyList(rest))
            words.Add(Text(word));
        return $" words=[{string.Join('|', words)}] rest=[{Text(rest)}]";
    }
}
