using System.Diagnostics;
using AotKv.Http.Routing;
using AotKv.Http.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AotKv.Http;

/// <summary>Every request's way: limits, route, rights, handler, log. Kestrel calls it on the thread that has read the request.</summary>
internal sealed class HttpPipeline : IHttpApplication<HttpVisit>
{
    /// <summary>The longest path and query: a key of 65,535 bytes, all escaped, and room for the rest.</summary>
    public const int MaxTargetChars = (3 * 65535) + 4096;

    /// <summary>The most bytes of headers that are read at all; the limit for what is served is lower and is explained.</summary>
    public const int MaxHeaderBytes = 64 << 10;

    private readonly HttpState _state;
    private readonly RouteTable _routes;
    private readonly RateLimit? _rate;
    private int _running;

    public HttpPipeline(HttpState state, RouteTable routes)
    {
        _state = state;
        _routes = routes;
        _rate = state.Options.Limits.RequestsPerSecond > 0 ? new(state.Options.Limits.RequestsPerSecond) : null;
    }

    /// <summary>Requests whose handler has not returned.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <inheritdoc/>
    public HttpVisit CreateContext(IFeatureCollection contextFeatures) => HttpVisit.Begin(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpVisit context, Exception? exception) => context.End();

    /// <inheritdoc/>
    public Task ProcessRequestAsync(HttpVisit context) => ProcessAsync(context, context.Context);

    private async Task ProcessAsync(HttpVisit visit, HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _running);
        _state.EnterThread();
        try
        {
            await ServeAsync(visit, context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || _state.Stopping.IsCancellationRequested)
        {
            // The client has gone, or the server goes: nobody is there to be told.
            context.Abort();
        }
        catch (BadHttpRequestException exception)
        {
            await Refusal.SendAsync(context, exception.StatusCode, Explain(exception)).ConfigureAwait(false);
        }
        catch (IOException exception) when (_state.TryStore?.Failure != null)
        {
            await Refusal.SendAsync(context, StatusCodes.Status503ServiceUnavailable, exception.Message).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ConnectionResetException or ConnectionAbortedException)
        {
            context.Abort();
        }
        catch (Exception exception)
        {
            _state.Log($"HTTP: {exception.GetType().Name} in {context.Request.Method} {visit.Call?.Route.Template}: {exception.Message}\n{exception.StackTrace}");
            await Refusal.SendAsync(context, StatusCodes.Status500InternalServerError, "internal error").ConfigureAwait(false);
        }
        finally
        {
            _state.Observe(context, visit.Call, Stopwatch.GetElapsedTime(started));
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task ServeAsync(HttpVisit visit, HttpContext context)
    {
        string raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (RefuseEarly(visit, context, raw) is { } refusal)
        {
            await Refusal.SendAsync(context, refusal.Status, refusal.Reason).ConfigureAwait(false);
            return;
        }

        if (!_routes.TryParse(raw, out RequestTarget? target))
        {
            await Refusal.SendAsync(context, StatusCodes.Status400BadRequest, "the path is not one, or has a broken % escape").ConfigureAwait(false);
            return;
        }

        if (!_routes.TryFind(context.Request.Method, target, out Route? route, out RouteValues values, out string allowed))
        {
            if (Visitors.IsPreflight(context, allowed))
            {
                return;
            }

            if (allowed.Length == 0)
            {
                await Refusal.SendAsync(context, StatusCodes.Status404NotFound, "no such path; /openapi.json lists them").ConfigureAwait(false);
                return;
            }

            context.Response.Headers.Allow = allowed;
            await Refusal.SendAsync(context, StatusCodes.Status405MethodNotAllowed, $"the methods of this path are {allowed}").ConfigureAwait(false);
            return;
        }

        _state.TryStore?.Clock.Refresh(); // a ttl is in milliseconds
        HttpCall call = new(context, _state, target, route, values);
        visit.Call = call;
        if (await IsLetInAsync(call, route).ConfigureAwait(false))
        {
            await RunAsync(call, route).ConfigureAwait(false);
        }
    }

    /// <summary>What is refused before the path is looked at; null when nothing is.</summary>
    private (int Status, string Reason)? RefuseEarly(HttpVisit visit, HttpContext context, string target)
    {
        if (visit.IsExcess)
        {
            context.Response.Headers.Connection = "close";
            context.Response.Headers.RetryAfter = "1";
            return (StatusCodes.Status503ServiceUnavailable, "too many connections");
        }

        if (_rate?.TryTake(context.Connection.RemoteIpAddress) == false)
        {
            context.Response.Headers.RetryAfter = "1";
            return (StatusCodes.Status429TooManyRequests, $"more than {_state.Options.Limits.RequestsPerSecond} requests a second");
        }

        if (target.Length > MaxTargetChars)
        {
            return (StatusCodes.Status414UriTooLong, $"the path and query are longer than {MaxTargetChars} bytes");
        }

        if (HeaderBytes(context.Request.Headers) > _state.Options.Limits.HeaderBytes)
        {
            return (StatusCodes.Status431RequestHeaderFieldsTooLarge, $"the headers have more than {_state.Options.Limits.HeaderBytes} bytes");
        }

        Visitors.AddCors(context, _state);
        return Visitors.RefuseOrigin(context, _state) is { } reason ? (StatusCodes.Status403Forbidden, reason) : null;
    }

    private static long HeaderBytes(IHeaderDictionary headers)
    {
        long bytes = 0;
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in headers)
        {
            foreach (string? value in values)
            {
                bytes += name.Length + (value?.Length ?? 0) + 4; // colon, blank, line end
            }
        }

        return bytes;
    }

    private async Task<bool> IsLetInAsync(HttpCall call, Route route)
    {
        if (route.Access == RouteAccess.Open || _state.Options.Tokens is not { } tokens)
        {
            return true;
        }

        call.Identity = Visitors.Identify(call.Context, call.Target, route, tokens);
        if (call.Identity == null)
        {
            call.Response.Headers.WWWAuthenticate = "Bearer realm=\"aotkv\"";
            await call.RefuseAsync(StatusCodes.Status401Unauthorized, "a token is needed: Authorization: Bearer TOKEN").ConfigureAwait(false);
            return false;
        }

        string name = call.NamespaceName.Length == 0 ? HttpCall.DefaultNamespaceName : call.NamespaceName;
        if (!call.Identity.Allows(route.Access, name))
        {
            await call.RefuseAsync(
                StatusCodes.Status403Forbidden,
                route.Access == RouteAccess.Server
                    ? "figures of the whole server need a token that may read every namespace (read:*)"
                    : $"the token does not allow {route.Access.ToString().ToLowerInvariant()} here").ConfigureAwait(false);
            return false;
        }

        return true;
    }

    private async Task RunAsync(HttpCall call, Route route)
    {
        if (!_state.HasStore && !route.Traits.HasFlag(RouteTraits.WithoutStore))
        {
            await call.RefuseForNowAsync("the server is recovering; /readyz tells when it is done").ConfigureAwait(false);
            return;
        }

        if (!route.Traits.HasFlag(RouteTraits.Brief))
        {
            await _state.LeaveReaderAsync().ConfigureAwait(false);
        }

        if (route.Traits.HasFlag(RouteTraits.Uncounted))
        {
            await route.Handler(call).ConfigureAwait(false);
            return;
        }

        if (!_state.Requests.TryEnter())
        {
            await call.RefuseForNowAsync("too many requests in flight").ConfigureAwait(false);
            return;
        }

        try
        {
            await route.Handler(call).ConfigureAwait(false);
        }
        finally
        {
            _state.Requests.Leave();
        }
    }

    private static string Explain(BadHttpRequestException exception) =>
        exception.StatusCode == StatusCodes.Status408RequestTimeout ? "the body came too slowly" : exception.Message;
}
