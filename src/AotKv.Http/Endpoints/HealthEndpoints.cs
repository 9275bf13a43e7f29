using AotKv.Http.Metrics;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Endpoints;

/// <summary>For those who keep the server running: is it alive, and can it take work.</summary>
internal static class HealthEndpoints
{
    public static void Add(RouteTable routes)
    {
        const RouteTraits Always = RouteTraits.WithoutStore | RouteTraits.Uncounted;
        routes.Add("GET", "/healthz", RouteAccess.Open, Alive, Always | RouteTraits.Brief);
        routes.Add("GET", "/readyz", RouteAccess.Open, Ready, Always);
    }

    /// <summary>The process answers: that is all.</summary>
    private static Task Alive(HttpCall call) => call.JsonAsync(StatusCodes.Status200OK, json => json.WriteString("status"u8, "alive"u8));

    /// <summary>Recovered, accepting writes, not stopping, room on the disk.</summary>
    private static Task Ready(HttpCall call)
    {
        Readiness readiness = Readiness.Of(call.State);
        return call.JsonAsync(readiness.IsReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, json =>
        {
            json.WriteString("status"u8, readiness.IsReady ? "ready" : "not ready");
            if (readiness.Reason is { } reason)
            {
                json.WriteString("error"u8, reason);
            }

            StatusJson.Recovery(json, call.State);
        });
    }
}
