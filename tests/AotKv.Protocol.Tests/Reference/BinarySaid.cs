using AotKv.Protocol.Binary;

namespace AotKv.Protocol.Tests.Reference;

/// <summary>Puts what the binary parser said into words.</summary>
internal static class BinarySaid
{
    public static string Parse(ReadOnlySpan<byte> input)
    {
        ParseStatus status = BinaryParser.Parse(input, out BinaryRequest request);
        if (status == ParseStatus.NeedMore)
            return request.Equals(default(BinaryRequest)) ? "NeedMore" : "NeedMore, but the request has changed";
        string tail = $" opaque={request.Opaque}";
        if (status == ParseStatus.Bad)
        {
            string swallow = request.SwallowLength == 0 ? "" : $" swallow={request.SwallowLength}";
            return $"Bad {request.Error}{swallow}{(request.Error == BinaryError.BadMagic ? "" : tail)}";
        }

        if (request.Error != BinaryError.None || request.SwallowLength != 0)
            return "Done, but with an error";
        string command = $"{request.Command}{(request.IsQuiet ? " quiet" : "")}{(request.WantsKey ? " withkey" : "")}";
        string fields = (request.KeyOffset - 24) switch
        {
            4 => $" exptime={request.Exptime}{(request.HasExptime ? "" : " but none")}",
            8 => $" flags={request.ClientFlags} exptime={request.Exptime}",
            20 => $" delta={request.Delta} initial={request.Initial} exptime={request.Exptime}",
            _ => request.HasExptime || request.Exptime != 0 || request.ClientFlags != 0 ? " wrong" : "",
        };
        string key = Said.Text(input.Slice(request.KeyOffset, request.KeyLength));
        return $"{(int)request.Opcode:x2} {command} key=[{key}]{fields} value={request.ValueLength} head={request.HeadLength} " +
            $"cas={request.Cas}{tail}";
    }
}
