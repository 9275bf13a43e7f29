using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AotKv.Http;

/// <summary>
/// The request that is at work on a connection, or on a stream of one. Kestrel keeps it for the connection's next request, so that each costs
/// no new context.
/// </summary>
internal sealed class HttpVisit
{
    private HttpVisit(IFeatureCollection features)
    {
        Context = new(features);
        IsExcess = features.Get<ConnectionExcess>() != null;
    }

    public DefaultHttpContext Context { get; }

    /// <summary>The connection is one beyond the limit.</summary>
    public bool IsExcess { get; }

    /// <summary>The request, once its route is known.</summary>
    public HttpCall? Call { get; set; }

    /// <summary>The visit of a connection's next request.</summary>
    public static HttpVisit Begin(IFeatureCollection features)
    {
        if (features is not IHostContextContainer<HttpVisit> connection)
        {
            return new(features);
        }

        if (connection.HostContext is { } kept)
        {
            kept.Context.Initialize(features);
            return kept;
        }

        return connection.HostContext = new(features);
    }

    /// <summary>The request is done with.</summary>
    public void End()
    {
        Call = null;
        Context.Uninitialize();
    }
}
