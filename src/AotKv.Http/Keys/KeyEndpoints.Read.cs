using System.Globalization;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Keys;

/// <content>Reading a key. Large values are sent from where they lie in the log.</content>
internal static partial class KeyEndpoints
{
    private static async Task ReadAsync(HttpCall call)
    {
        if (Mistake(call, out StoreNamespace? ns, out _) is { } mistake)
        {
            await mistake.ConfigureAwait(false);
            return;
        }

        using HeldItem? held = call.Store.Hold(call.Store.Key(ns, call.Key));
        if (held != null)
        {
            await SendAsync(call, held, default, new ItemFacts(held.Revision, held.ClientFlags, held.ExpiryMilliseconds, held.Value.Length)).ConfigureAwait(false);
            return;
        }

        using ArrayPoolBufferWriter<byte> copy = new();
        if (TryCopy(call, ns, copy, out ItemFacts facts))
        {
            await SendAsync(call, null, copy.WrittenMemory, facts).ConfigureAwait(false);
        }
        else
        {
            await call.RefuseAsync(StoreStatus.NotFound).ConfigureAwait(false);
        }
    }

    private static bool TryCopy(HttpCall call, StoreNamespace ns, ArrayPoolBufferWriter<byte> copy, out ItemFacts facts)
    {
        CopyReader reader = new(copy);
        Outcome outcome = call.Store.Read(call.Store.Key(ns, call.Key), ref reader);
        facts = reader.Facts;
        return outcome.Status == StoreStatus.Ok;
    }

    private static async Task SendAsync(HttpCall call, HeldItem? held, ReadOnlyMemory<byte> copy, ItemFacts facts)
    {
        IHeaderDictionary headers = call.Response.Headers;
        headers.ETag = EntityTags.Format(facts.Revision);
        headers.CacheControl = "no-cache";
        headers.AcceptRanges = "bytes";
        headers.XContentTypeOptions = "nosniff";
        headers[FlagsHeader] = facts.Flags.ToString(CultureInfo.InvariantCulture);
        if (facts.Expiry != 0)
        {
            headers[TtlHeader] = Math.Max(facts.Expiry - call.Store.Clock.Milliseconds, 0).ToString(CultureInfo.InvariantCulture);
        }

        if (call.Header("If-Match") is { } match && !EntityTags.Names(match, facts.Revision, weakly: false))
        {
            await call.RefuseAsync(StatusCodes.Status412PreconditionFailed, "the item has another revision").ConfigureAwait(false);
            return;
        }

        if (call.Header("If-None-Match") is { } noneMatch && EntityTags.Names(noneMatch, facts.Revision, weakly: true))
        {
            await call.EmptyAsync(StatusCodes.Status304NotModified).ConfigureAwait(false);
            return;
        }

        bool mayPart = call.Header("If-Range") is not { } ifRange || (EntityTags.TryParse(ifRange, out ulong tag) && tag == facts.Revision);
        RangeStatus status = ByteRange.Read(mayPart ? call.Header("Range") : null, facts.Size, out ByteRange range);
        if (status == RangeStatus.Unsatisfiable)
        {
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{facts.Size}");
            await call.RefuseAsync(StatusCodes.Status416RangeNotSatisfiable, $"the value has {facts.Size} bytes").ConfigureAwait(false);
            return;
        }

        call.Response.StatusCode = status == RangeStatus.Part ? StatusCodes.Status206PartialContent : StatusCodes.Status200OK;
        if (status == RangeStatus.Part)
        {
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.Start + range.Length - 1}/{facts.Size}");
        }

        call.Response.ContentType = "application/octet-stream";
        call.Response.ContentLength = range.Length;
        if (call.Request.Method != HttpMethods.Head)
        {
            await SendBytesAsync(call, held, copy, range).ConfigureAwait(false);
        }
    }

    private static async Task SendBytesAsync(HttpCall call, HeldItem? held, ReadOnlyMemory<byte> copy, ByteRange range)
    {
        if (held == null)
        {
            await call.WriteAsync(copy.Slice((int)range.Start, (int)range.Length)).ConfigureAwait(false);
            return;
        }

        for (int at = (int)range.Start, left = (int)range.Length; left > 0;)
        {
            await call.WritePieceAsync(held.Value.Slice(at, left), out int sent).ConfigureAwait(false);
            at += sent;
            left -= sent;
        }
    }

    private readonly record struct ItemFacts(ulong Revision, uint Flags, long Expiry, int Size);

    private struct CopyReader(ArrayPoolBufferWriter<byte> copy) : IItemReader
    {
        public ItemFacts Facts { get; private set; }

        public void Read(in Item item)
        {
            Facts = new(item.Revision, item.ClientFlags, item.ExpiryMilliseconds, item.Value.Length);
            item.Value.CopyTo(copy.GetSpan(Math.Max(item.Value.Length, 1)));
            copy.Advance(item.Value.Length);
        }
    }
}
