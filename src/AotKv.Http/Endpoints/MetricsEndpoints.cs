using AotKv.Http.Metrics;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Endpoints;

/// <summary>The server's figures: for Prometheus, and for the dashboard.</summary>
internal static class MetricsEndpoints
{
    public static void Add(RouteTable routes)
    {
        const RouteTraits Always = RouteTraits.WithoutStore | RouteTraits.Uncounted;
        routes.Add("GET", "/metrics", RouteAccess.Server, Metrics, Always);
        routes.Add("GET", StatusJson.OwnRoute, RouteAccess.Server, Status, Always);
    }

    private static async Task Metrics(HttpCall call)
    {
        byte[] text = PrometheusText.Write(call.State.Telemetry.Collector.Collect());
        call.Response.ContentType = PrometheusText.ContentType;
        call.Response.ContentLength = text.Length;
        _ = await call.Response.BodyWriter.WriteAsync(text, call.Context.RequestAborted).ConfigureAwait(false);
    }

    private static Task Status(HttpCall call)
    {
        call.Response.Headers.CacheControl = "no-store";
        return call.JsonAsync(StatusCodes.Status200OK, json => StatusJson.Write(json, call.State));
    }
}
