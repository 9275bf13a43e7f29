using System.Text.Encodings.Web;
using System.Text.Json;

namespace AotKv.Http.Text;

/// <summary>What JSON of this door has in common.</summary>
internal static class JsonText
{
    public const string ContentType = "application/json; charset=utf-8";

    public const string LinesContentType = "application/x-ndjson; charset=utf-8";

    /// <summary>Plain text stays readable: it is never part of a page.</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
