using AotKv.Engine;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Endpoints;

/// <summary>For those who keep the server running: is it alive, and can it take work.</summary>
internal static class HealthEndpoints
{
    public static void Add(RouteTable routes)
    {
        const RouteTraits Always = RouteTraits.WithoutStore | RouteTraits.Uncounted;
        routes.Add("GET", "/healthz", RouteAccess.Open, Alive, Always);
        routes.Add("GET", "/readyz", RouteAccess.Open, Ready, Always);
    }

    /// <summary>The process answers: that is all.</summary>
    private static Task Alive(HttpCall call) => call.JsonAsync(StatusCodes.Status200OK, json => json.WriteString("status"u8, "alive"u8));

    /// <summary>Recovered, accepting writes, not stopping.</summary>
    private static Task Ready(HttpCall call)
    {
        Store? store = call.State.TryStore;
        string? reason = call.State.Stopping.IsCancellationRequested ? "stopping"
            : store == null ? "recovering"
            : store.Failure is { } failure ? $"the log cannot be written: {failure}" : null;
        return call.JsonAsync(reason == null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteString("status"u8, reason == null ? "ready" : "not ready");
            if (reason != null)
            {
                json.WriteString("error"u8, reason);
            }

            if (store == null && call.State.Recovery is { } recovery)
            {
                json.WriteStartObject("recovery"u8);
                json.WriteString("stage"u8, recovery.Stage);
                json.WriteNumber("segments_done"u8, recovery.SegmentsDone);
                json.WriteNumber("segments_total"u8, recovery.SegmentsTotal);
                json.WriteNumber("items"u8, recovery.Items);
                json.WriteNumber("elapsed_ms"u8, (long)recovery.Elapsed.TotalMilliseconds);
                json.WriteEndObject();
            }
        });
    }
}
