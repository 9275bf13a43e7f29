using System.Diagnostics;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AotKv.Http;

/// <summary>Every request's way: limits, route, rights, handler, log. Kestrel calls it on the thread pool.</summary>
internal sealed class HttpPipeline : IHttpApplication<HttpContext>
{
    /// <summary>The longest path and query: a key of 65,535 bytes, all escaped, and room for the rest.</summary>
    public const int MaxTargetChars = (3 * 65535) + 4096;

    /// <summary>The most bytes of headers that are read at all; the limit for what is served is lower and is explained.</summary>
    public const int MaxHeaderBytes = 64 << 10;

    private readonly HttpState _state;
    private readonly RouteTable _routes;
    private readonly RequestGate _requests;
    private int _running;

    public HttpPipeline(HttpState state, RouteTable routes)
    {
        _state = state;
        _routes = routes;
        _requests = new(state.Options.Limits.Requests);
    }

    /// <summary>Requests whose handler has not returned.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        long started = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _running);
        Route? route = null;
        try
        {
            route = await ServeAsync(context).ConfigureAwait(false);
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
        catch (Exception exception) when (exception is IOException or Microsoft.AspNetCore.Connections.ConnectionResetException)
        {
            context.Abort();
        }
        catch (Exception exception)
        {
            _state.Log($"HTTP: {exception.GetType().Name} in {context.Request.Method} {route?.Template}: {exception.Message}\n{exception.StackTrace}");
            await Refusal.SendAsync(context, StatusCodes.Status500InternalServerError, "internal error").ConfigureAwait(false);
        }
        finally
        {
            _state.Observe(context, route, Stopwatch.GetElapsedTime(started));
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<Route?> ServeAsync(HttpContext context)
    {
        string raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!RequestTarget.TryParse(raw, out RequestTarget? target))
        {
            await Refusal.SendAsync(context, StatusCodes.Status400BadRequest, "the path is not one, or has a broken % escape").ConfigureAwait(false);
            return null;
        }

        if (!_routes.TryFind(context.Request.Method, target, out Route? route, out RouteValues values, out string allowed))
        {
            if (allowed.Length == 0)
            {
                await Refusal.SendAsync(context, StatusCodes.Status404NotFound, "no such path; /openapi.json lists them").ConfigureAwait(false);
                return null;
            }

            context.Response.Headers.Allow = allowed;
            await Refusal.SendAsync(context, StatusCodes.Status405MethodNotAllowed, $"the methods of this path are {allowed}").ConfigureAwait(false);
            return null;
        }

        HttpCall call = new(context, _state, target, route, values);
        await RunAsync(call, route).ConfigureAwait(false);
        return route;
    }

    private async Task RunAsync(HttpCall call, Route route)
    {
        if (!_state.HasStore && !route.Traits.HasFlag(RouteTraits.WithoutStore))
        {
            await call.RefuseForNowAsync("the server is recovering; /readyz tells when it is done").ConfigureAwait(false);
            return;
        }

        if (route.Traits.HasFlag(RouteTraits.Uncounted))
        {
            await route.Handler(call).ConfigureAwait(false);
            return;
        }

        if (!_requests.TryEnter())
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
            _requests.Leave();
        }
    }

    private string Explain(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => $"the body is larger than {_state.Options.BodyLimitBytes} bytes",
        StatusCodes.Status408RequestTimeout => "the body came too slowly",
        _ => exception.Message,
    };
}
