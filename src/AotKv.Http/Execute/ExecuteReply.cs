using System.Buffers;
using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Http.Buffers;
using AotKv.Http.Text;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Execute;

/// <summary>
/// The reply of a transaction: memstore's <c>results</c>, and beside it, when the request used anything that memstore does not have,
/// <c>found</c> and <c>revision</c>. A request of memstore's gets memstore's reply, byte for byte.
/// </summary>
internal static class ExecuteReply
{
    private const int PieceBytes = 48 << 10;

    public static async Task WriteAsync(HttpCall call, ExecuteWork work, RequestBody body, ulong revision, long now)
    {
        ArrayBufferWriter<byte> output = work.Output;
        ExecuteRequest request = work.Request;
        StoreBatch batch = work.Batch;
        HttpResponse response = call.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = JsonText.ContentType;
        JsonStrings.Put(output, "{\"results\":["u8);
        for (int i = 0; i < request.Count; i++)
        {
            WriteResult(output, request, batch, body, i, now);
            if (output.WrittenCount >= PieceBytes)
            {
                await call.WriteAsync(output.WrittenMemory).ConfigureAwait(false);
                output.ResetWrittenCount();
            }
        }

        JsonStrings.Put(output, "]"u8);
        if (request.IsExtended)
        {
            WriteFound(output, request, batch);
            JsonStrings.Put(output, ",\"revision\":"u8);
            JsonStrings.PutNumber(output, revision);
        }

        JsonStrings.Put(output, "}"u8);
        if (!response.HasStarted)
        {
            response.ContentLength = output.WrittenCount;
        }

        await call.WriteAsync(output.WrittenMemory).ConfigureAwait(false);
    }

    private static void WriteResult(ArrayBufferWriter<byte> output, ExecuteRequest request, StoreBatch batch, RequestBody body, int index, long now)
    {
        if (index > 0)
        {
            JsonStrings.Put(output, ","u8);
        }

        ref ExecuteCommand command = ref request.Commands[index];
        CommandResult result = batch.Results[command.ResultIndex];
        bool isFound = result.Status == StoreStatus.Ok;
        switch (command.Kind)
        {
            case ExecuteKind.Get:
                WriteValue(output, isFound ? batch.ValueOf(command.ResultIndex) : default, request.WantsBase64);
                break;
            case ExecuteKind.Set:
                WriteValue(output, request.Text(body.Span, command.Value), request.WantsBase64);
                break;
            case ExecuteKind.Increment:
                JsonStrings.Put(output, "\""u8);
                JsonStrings.PutNumber(output, result.Number);
                JsonStrings.Put(output, "\""u8);
                break;
            case ExecuteKind.Ttl:
                WriteTtl(output, isFound, result.ExpiryMilliseconds, now);
                break;
            default:
                JsonStrings.Put(output, isFound ? "\"1\""u8 : "\"0\""u8);
                break;
        }
    }

    private static void WriteValue(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> value, bool asBase64)
    {
        if (asBase64)
        {
            JsonStrings.WriteBase64(output, value);
        }
        else
        {
            JsonStrings.Write(output, value);
        }
    }

    /// <summary>Milliseconds left; -1 for never, nothing for a key that is not there.</summary>
    private static void WriteTtl(ArrayBufferWriter<byte> output, bool isFound, long expiry, long now)
    {
        JsonStrings.Put(output, "\""u8);
        if (isFound)
        {
            JsonStrings.PutNumber(output, expiry == 0 ? -1 : Math.Max(expiry - now, 0));
        }

        JsonStrings.Put(output, "\""u8);
    }

    private static void WriteFound(ArrayBufferWriter<byte> output, ExecuteRequest request, StoreBatch batch)
    {
        JsonStrings.Put(output, ",\"found\":["u8);
        for (int i = 0; i < request.Count; i++)
        {
            if (i > 0)
            {
                JsonStrings.Put(output, ","u8);
            }

            JsonStrings.Put(output, batch.Results[request.Commands[i].ResultIndex].Status == StoreStatus.Ok ? "true"u8 : "false"u8);
        }

        JsonStrings.Put(output, "]"u8);
    }
}
