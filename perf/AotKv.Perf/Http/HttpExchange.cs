using System.Globalization;
using System.Text;
using AotKv.Perf.Scenarios;

namespace AotKv.Perf.Http;

/// <summary>A request ready to be sent, and the one right answer to it.</summary>
/// <param name="Request">All bytes of the request.</param>
/// <param name="Status">The status of the answer.</param>
/// <param name="Body">Every byte of its body.</param>
internal sealed record HttpExchange(byte[] Request, int Status, byte[] Body)
{
    /// <summary>Keys and values of a transaction, 10 letters each: the mean of memstore's own benchmark with various data.</summary>
    public const int KeyBytes = 10;

    /// <summary>Bytes of a value that is stored by itself.</summary>
    public const int SingleValueBytes = 100;

    /// <summary>Different keys.</summary>
    public const int Keys = 4096;

    /// <summary>From one key to the next. It shares no divisor with their number: so they are all met, and neighbours in time are none in memory.</summary>
    private const long Step = 1_237;

    /// <summary>The requests of a kind. Together they touch every key.</summary>
    /// <param name="kind">What they do.</param>
    /// <param name="commands">Commands in each.</param>
    public static HttpExchange[] Of(HttpKind kind, int commands)
    {
        var exchanges = new HttpExchange[(Keys + commands - 1) / commands];
        for (int i = 0; i < exchanges.Length; i++)
        {
            int first = i * commands;
            exchanges[i] = kind switch
            {
                HttpKind.ExecuteGet or HttpKind.ExecuteSet => Execute(kind == HttpKind.ExecuteSet, first, commands),
                HttpKind.KeyGet => new(Head($"GET {Path(first)} HTTP/1.1", -1), 200, Encoding.ASCII.GetBytes(Value(first, SingleValueBytes))),
                _ => new([.. Head($"PUT {Path(first)} HTTP/1.1", SingleValueBytes), .. Encoding.ASCII.GetBytes(Value(first, SingleValueBytes))], 204, []),
            };
        }

        return exchanges;
    }

    /// <summary>The kind that stores what a kind reads; the kind itself when it writes.</summary>
    public static HttpKind Writer(HttpKind kind) => kind switch
    {
        HttpKind.ExecuteGet => HttpKind.ExecuteSet,
        HttpKind.KeyGet => HttpKind.KeyPut,
        _ => kind,
    };

    private static HttpExchange Execute(bool writes, int first, int commands)
    {
        var request = new StringBuilder("{\"commands\":[");
        var reply = new StringBuilder("{\"results\":[");
        for (int i = first; i < first + commands; i++)
        {
            string comma = i > first ? "," : "";
            string value = Value(i, KeyBytes);
            request.Append(CultureInfo.InvariantCulture, $"{comma}{{\"cmd_type\":\"{(writes ? "SET" : "GET")}\",\"key\":\"{Key(i)}\"");
            request.Append(writes ? $",\"value\":\"{value}\"}}" : "}");
            reply.Append(CultureInfo.InvariantCulture, $"{comma}\"{value}\"");
        }

        byte[] body = Encoding.ASCII.GetBytes(request.Append("]}").ToString());
        return new([.. Head("POST /v1/execute HTTP/1.1", body.Length), .. body], 200, Encoding.ASCII.GetBytes(reply.Append("]}").ToString()));
    }

    /// <summary>The headers that a client of a common library sends.</summary>
    private static byte[] Head(string line, int bodyBytes)
    {
        string length = bodyBytes < 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {bodyBytes}\r\nContent-Type: application/json\r\n");
        return Encoding.ASCII.GetBytes($"{line}\r\nHost: localhost\r\nUser-Agent: AotKv.Perf\r\n{length}Accept-Encoding: gzip\r\n\r\n");
    }

    private static string Path(int number) => $"/v1/ns/default/keys/{Key(number)}";

    private static string Key(int number)
    {
        Span<byte> key = stackalloc byte[KeyBytes];
        KeySpace.Write((uint)(number * Step % Keys), key);
        return Encoding.ASCII.GetString(key);
    }

    /// <summary>A value that tells whose it is.</summary>
    private static string Value(int number, int bytes) =>
        string.Create(CultureInfo.InvariantCulture, $"v{number * Step % Keys}").PadRight(bytes, 'x');
}
