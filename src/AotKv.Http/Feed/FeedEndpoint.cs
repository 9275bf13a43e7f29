using System.Globalization;
using AotKv.Engine.Feed;
using AotKv.Engine.Namespaces;
using AotKv.Http.Routing;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace AotKv.Http.Feed;

/// <summary>
/// <c>GET /v1/ns/{namespace}/changes</c>: what was written after a revision, as lines of JSON, one for each transaction; or the same
/// without end, as lines, server-sent events or messages of a web socket.
/// </summary>
internal static class FeedEndpoint
{
    private const string Template = "/v1/ns/{namespace}/changes";
    private const ulong MaxWaitMilliseconds = 300_000;

    public static void Add(RouteTable routes) =>
        routes.Add("GET", Template, RouteAccess.Read, ChangesAsync, RouteTraits.Uncounted | RouteTraits.TokenInQuery | RouteTraits.Endless);

    /// <summary>What a reader is told whose place is not retained any more.</summary>
    public static string LostReason(ulong after) => string.Create(
        CultureInfo.InvariantCulture,
        $"what came after revision {after} is not retained: list the keys of the namespace, then read on after the revision given here");

    private static async Task ChangesAsync(HttpCall call)
    {
        StoreNamespace? ns = call.FindNamespace();
        if (ns == null)
        {
            await call.RefuseNoNamespaceAsync().ConfigureAwait(false);
            return;
        }

        if (!call.State.Options.HasFeed)
        {
            await call.RefuseAsync(StatusCodes.Status501NotImplemented, "the server keeps no feed (--http-feed=off)").ConfigureAwait(false);
            return;
        }

        if (!TryAfter(call, out ulong after)
            | !call.Target.TryNumber("wait", 0, MaxWaitMilliseconds, out ulong wait)
            | !call.Target.TryNumber("limit", int.MaxValue, int.MaxValue, out ulong limit) || limit == 0)
        {
            await call.RefuseAsync(
                StatusCodes.Status400BadRequest, $"after is a revision or now, wait milliseconds up to {MaxWaitMilliseconds}, limit at least 1").ConfigureAwait(false);
            return;
        }

        if (!call.State.Streams.TryEnter())
        {
            await call.RefuseForNowAsync("too many readers of the feed").ConfigureAwait(false);
            return;
        }

        try
        {
            FeedFormat format = WantsEvents(call) ? FeedFormat.Event : FeedFormat.Line;
            FeedCursor cursor = new(call.Store.OpenFeed(after), ns, format, call.Target.QueryText("values") != "false", (int)limit);
            await ServeAsync(call, cursor, TimeSpan.FromMilliseconds(wait)).ConfigureAwait(false);
        }
        finally
        {
            call.State.Streams.Leave();
        }
    }

    private static async Task ServeAsync(HttpCall call, FeedCursor cursor, TimeSpan wait)
    {
        using ArrayPoolBufferWriter<byte> first = new();
        ulong last = call.Store.LastRevision;
        FeedStatus status = cursor.Read(first);
        if (status == FeedStatus.FellBehind)
        {
            await call.JsonAsync(StatusCodes.Status410Gone, json =>
            {
                json.WriteString("error"u8, LostReason(cursor.Revision));
                json.WriteNumber("revision"u8, last);
            }).ConfigureAwait(false);
            return;
        }

        // A reader may rest for longer than Kestrel's rate allows; it has a limit of its own.
        if (call.Context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (WebSocketSink.IsAsked(call))
        {
            await using WebSocketSink? socket = await WebSocketSink.AcceptAsync(call).ConfigureAwait(false);
            await (socket == null ? Task.CompletedTask : FeedStream.RunAsync(call, cursor, socket, first, status)).ConfigureAwait(false);
        }
        else
        {
            bool isEvents = WantsEvents(call);
            call.Response.ContentType = isEvents ? "text/event-stream" : JsonText.LinesContentType;
            call.Response.Headers.CacheControl = "no-store";
            ResponseSink sink = new(call);
            await (isEvents || call.Target.QueryText("follow") == "true"
                ? FeedStream.RunAsync(call, cursor, sink, first, status)
                : FeedStream.RunOnceAsync(call, cursor, sink, first, status, last, wait)).ConfigureAwait(false);
        }
    }

    private static bool WantsEvents(HttpCall call) => call.Header("Accept")?.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Where to begin: behind what an event source has seen last, or behind <c>after</c>.</summary>
    private static bool TryAfter(HttpCall call, out ulong after)
    {
        if (call.Header("Last-Event-ID") is { Length: > 0 } seen)
        {
            return ulong.TryParse(seen, NumberStyles.None, CultureInfo.InvariantCulture, out after);
        }

        if (call.Target.QueryText("after") == "now")
        {
            after = call.Store.LastRevision;
            return true;
        }

        return call.Target.TryNumber("after", 0, ulong.MaxValue, out after);
    }
}
