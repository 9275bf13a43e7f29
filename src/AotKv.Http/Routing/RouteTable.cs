using System.Diagnostics.CodeAnalysis;

namespace AotKv.Http.Routing;

/// <summary>Serves a request.</summary>
/// <param name="call">The request, its path's values, and where the reply goes.</param>
internal delegate Task RouteHandler(HttpCall call);

/// <summary>One method on one path.</summary>
internal sealed class Route
{
    private readonly string[] _segments;

    public Route(string method, string template, RouteAccess access, RouteTraits traits, RouteHandler handler)
    {
        Method = method;
        Template = template;
        Access = access;
        Traits = traits;
        Handler = handler;
        _segments = template[1..].Split('/');
    }

    public string Method { get; }

    /// <summary>The path as OpenAPI writes it, such as <c>/v1/ns/{namespace}/keys/{key}</c>.</summary>
    public string Template { get; }

    public RouteAccess Access { get; }

    public RouteTraits Traits { get; }

    public RouteHandler Handler { get; }

    /// <summary>Where the door's meter counts what this route has served; the meter's own.</summary>
    public Metrics.RouteFigures? Figures { get; set; }

    /// <summary>
    /// Whether a path is this route's. A namespace takes one segment, a key everything that is left, slashes included: so it may be
    /// written with them.
    /// </summary>
    public bool Matches(RequestTarget target, out RouteValues values)
    {
        values = default;
        int last = _segments.Length - 1;
        bool endsInKey = _segments[last] == "{key}";
        if (target.SegmentCount < _segments.Length || (target.SegmentCount > _segments.Length && !endsInKey))
        {
            return false;
        }

        for (int i = 0; i <= last; i++)
        {
            if (!_segments[i].StartsWith('{'))
            {
                if (!target.SegmentIs(i, _segments[i]))
                {
                    return false;
                }
            }
            else if (_segments[i] == "{namespace}")
            {
                values.NamespaceAt = i + 1;
            }
            else
            {
                values.KeyAt = i + 1;
            }
        }

        return true;
    }
}

/// <summary>Where in a path the values of its route stand, counted from 1; 0 when it has none.</summary>
internal struct RouteValues
{
    public int NamespaceAt;
    public int KeyAt;
}

/// <summary>All routes. Few enough to look at one after the other.</summary>
internal sealed class RouteTable
{
    private readonly List<Route> _routes = [];
    private readonly Dictionary<string, RequestTarget> _fixed = new(StringComparer.Ordinal);

    public IReadOnlyList<Route> All => _routes;

    public void Add(string method, string template, RouteAccess access, RouteHandler handler, RouteTraits traits = RouteTraits.None)
    {
        _routes.Add(new(method, template, access, traits, handler));
        if (!template.Contains('{', StringComparison.Ordinal) && RequestTarget.TryParse(template, out RequestTarget? target))
        {
            _fixed[template] = target;
        }
    }

    /// <summary>Reads a request line's target, as <see cref="RequestTarget.TryParse"/> does; those that are a route's whole template are read already.</summary>
    public bool TryParse(string raw, [NotNullWhen(true)] out RequestTarget? target) =>
        _fixed.TryGetValue(raw, out target) || RequestTarget.TryParse(raw, out target);

    /// <summary>Finds the route of a request. What can be got has a HEAD, which is served as a GET whose body the server leaves out.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="target">Its path.</param>
    /// <param name="route">The route.</param>
    /// <param name="values">Its values.</param>
    /// <param name="allowed">The methods of the path, for an <c>Allow</c> header; empty when there is no such path.</param>
    public bool TryFind(string method, RequestTarget target, [NotNullWhen(true)] out Route? route, out RouteValues values, out string allowed)
    {
        List<string> methods = [];
        Route? got = null;
        RouteValues gotValues = default;
        allowed = string.Empty;
        foreach (Route candidate in _routes)
        {
            if (!candidate.Matches(target, out values))
            {
                continue;
            }

            if (candidate.Method == method)
            {
                route = candidate;
                return true;
            }

            methods.Add(candidate.Method);
            if (candidate.Method == "GET" && !candidate.Traits.HasFlag(RouteTraits.Endless))
            {
                (got, gotValues) = (candidate, values);
            }
        }

        route = method == "HEAD" ? got : null;
        values = gotValues;
        if (route == null && got != null && !methods.Contains("HEAD"))
        {
            methods.Insert(methods.IndexOf("GET") + 1, "HEAD");
        }

        allowed = string.Join(", ", methods);
        return route != null;
    }
}
