using AotKv.Http.Routing;

namespace AotKv.Http.Security;

/// <summary>One token: whose it is and what it allows.</summary>
internal sealed class TokenEntry
{
    private const string EveryNamespace = "*";

    private readonly List<(RouteAccess Access, string Namespace)> _scopes;

    public TokenEntry(string name, byte[] hash, List<(RouteAccess Access, string Namespace)> scopes)
    {
        Name = name;
        Hash = hash;
        _scopes = scopes;
    }

    /// <summary>For the access log.</summary>
    public string Name { get; }

    public byte[] Hash { get; }

    /// <summary>Whether it allows something.</summary>
    /// <param name="access">What.</param>
    /// <param name="ns">The namespace's name; of no meaning for what is not of one.</param>
    public bool Allows(RouteAccess access, string ns) => access switch
    {
        RouteAccess.Open or RouteAccess.Token => true,
        RouteAccess.Server => _scopes.Exists(scope => scope.Namespace == EveryNamespace),
        _ => _scopes.Exists(scope => scope.Access >= access && (scope.Namespace == EveryNamespace || scope.Namespace == ns)),
    };
}
