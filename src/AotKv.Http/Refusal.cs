using System.Text.Json;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http;

/// <summary>The one form of every refusal: a status and <c>{"error": "..."}</c>.</summary>
internal static class Refusal
{
    public static async Task SendAsync(HttpContext context, int status, string reason)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        using ArrayPoolBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("error"u8, reason);
            json.WriteEndObject();
        }

        response.StatusCode = status;
        response.ContentType = JsonText.ContentType;
        response.ContentLength = buffer.WrittenCount;
        _ = await response.BodyWriter.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
