using System.Globalization;

namespace AotKv.Perf.Http;

/// <summary>What a request does.</summary>
internal enum HttpKind
{
    /// <summary><c>POST /v1/execute</c> with reads of keys that are there.</summary>
    ExecuteGet,

    /// <summary><c>POST /v1/execute</c> with writes.</summary>
    ExecuteSet,

    /// <summary><c>GET</c> of one key.</summary>
    KeyGet,

    /// <summary><c>PUT</c> of one key.</summary>
    KeyPut,
}

/// <summary>One line of the measurement.</summary>
/// <param name="Kind">What its requests do.</param>
/// <param name="Commands">Commands in one request; 1 for single keys.</param>
/// <param name="Connections">Connections, each with one request in flight.</param>
/// <param name="MemstorePerSecond">Requests a second of memstore on such a machine, client beside it; 0 where it has no such request.</param>
internal sealed record HttpCase(HttpKind Kind, int Commands, int Connections, double MemstorePerSecond = 0)
{
    /// <summary>
    /// All of them. memstore's figures are those of its last commit (e130aba, 2022-05-09; Go 1.19) with a Go client that keeps its
    /// connections, both on the same two cores of a virtual AMD EPYC.
    /// </summary>
    public static IReadOnlyList<HttpCase> All { get; } =
    [
        new(HttpKind.ExecuteSet, 1, 1, 8_352),
        new(HttpKind.ExecuteSet, 1, 8, 29_327),
        new(HttpKind.ExecuteSet, 100, 1, 3_142),
        new(HttpKind.ExecuteSet, 100, 8, 6_471),
        new(HttpKind.ExecuteGet, 1, 1, 9_676),
        new(HttpKind.ExecuteGet, 1, 8, 34_148),
        new(HttpKind.ExecuteGet, 100, 1, 3_991),
        new(HttpKind.ExecuteGet, 100, 8, 5_303),
        new(HttpKind.KeyGet, 1, 1),
        new(HttpKind.KeyGet, 1, 8),
        new(HttpKind.KeyPut, 1, 1),
        new(HttpKind.KeyPut, 1, 8),
    ];

    /// <summary>Its name, such as <c>set-100-c8</c> or <c>key-get-c1</c>.</summary>
    public string Name
    {
        get
        {
            CultureInfo plain = CultureInfo.InvariantCulture;
            return Kind switch
            {
                HttpKind.ExecuteGet => string.Create(plain, $"get-{Commands}-c{Connections}"),
                HttpKind.ExecuteSet => string.Create(plain, $"set-{Commands}-c{Connections}"),
                HttpKind.KeyGet => string.Create(plain, $"key-get-c{Connections}"),
                _ => string.Create(plain, $"key-put-c{Connections}"),
            };
        }
    }
}
