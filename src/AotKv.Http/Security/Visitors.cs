using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Security;

/// <summary>Decides who is let in: origins of pages, names of the host, tokens.</summary>
internal static class Visitors
{
    private const string Bearer = "Bearer ";

    /// <summary>
    /// Whether a request may come from where it says it comes. A browser sends the origin of a page with everything that could change
    /// something; a page of another origin must be allowed. A page whose own name was pointed at this machine has the same origin as the
    /// server, so what comes in over the loopback address must have called it by such a name too, unless it needs a token anyway.
    /// </summary>
    /// <returns>The reason to refuse; null for none.</returns>
    public static string? RefuseOrigin(HttpContext context, HttpState state)
    {
        HostString host = context.Request.Host;
        if (state.Options.Tokens == null && host.Value != state.OwnHost)
        {
            if (context.Connection.LocalIpAddress is { } local && System.Net.IPAddress.IsLoopback(local) && !IsLocalName(host.Host))
            {
                return $"the host {host.Host} is not this machine's: use localhost or an address, or give the server tokens (--http-tokens)";
            }

            state.OwnHost = IsLocalName(host.Host) ? host.Value : state.OwnHost;
        }

        string? origin = context.Request.Headers.Origin;
        if (string.IsNullOrEmpty(origin) || IsAllowed(origin, state))
        {
            return null;
        }

        bool isOwn = Uri.TryCreate(origin, UriKind.Absolute, out Uri? uri)
            && string.Equals(uri.Authority, WithoutDefaultPort(context.Request.Host.Value, uri), StringComparison.OrdinalIgnoreCase);
        return isOwn ? null : "pages of this origin are not allowed (--http-cors)";
    }

    /// <summary>Adds what lets a page of an allowed origin read the reply.</summary>
    public static void AddCors(HttpContext context, HttpState state)
    {
        if (state.Options.CorsOrigins.Count == 0)
        {
            return;
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.Vary = "Origin";
        string? origin = context.Request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && IsAllowed(origin, state))
        {
            headers.AccessControlAllowOrigin = origin;
            headers.AccessControlExposeHeaders = "ETag, AotKv-TTL, AotKv-Flags, Retry-After, Content-Range";
        }
    }

    /// <summary>Answers a browser's question before the request proper. False when it is not one.</summary>
    public static bool IsPreflight(HttpContext context, string allowedMethods)
    {
        if (context.Request.Method != HttpMethods.Options || context.Response.Headers.AccessControlAllowOrigin.Count == 0 || allowedMethods.Length == 0)
        {
            return false;
        }

        IHeaderDictionary headers = context.Response.Headers;
        headers.AccessControlAllowMethods = allowedMethods;
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, If-Match, If-None-Match, If-Range, Range, Last-Event-ID, AotKv-TTL, AotKv-Flags";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    /// <summary>The token that a request brings; null when it brings none that is known.</summary>
    public static TokenEntry? Identify(HttpContext context, RequestTarget target, Route route, TokenFile tokens)
    {
        string? header = context.Request.Headers.Authorization;
        if (header != null && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return tokens.Find(header[Bearer.Length..].Trim());
        }

        // A page's EventSource and WebSocket cannot send headers.
        return route.Traits.HasFlag(RouteTraits.TokenInQuery) && target.QueryText("access_token") is { } token ? tokens.Find(token) : null;
    }

    private static bool IsAllowed(string origin, HttpState state) => state.Options.CorsOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase);

    private static bool IsLocalName(string host) =>
        host.Length == 0
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        || System.Net.IPAddress.TryParse(host.Trim('[', ']'), out _);

    private static string? WithoutDefaultPort(string? host, Uri origin) =>
        host != null && origin.IsDefaultPort && host.EndsWith($":{origin.Port}", StringComparison.Ordinal) ? host[..^$":{origin.Port}".Length] : host;
}
