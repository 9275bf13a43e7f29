using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Endpoints;

/// <summary>The description of this door for programs: the file openapi.json, which a test holds against the routes.</summary>
internal static class OpenApiEndpoint
{
    private const string ResourceName = "openapi.json";

    public static void Add(RouteTable routes) =>
        routes.Add("GET", "/openapi.json", RouteAccess.Open, SendAsync, RouteTraits.WithoutStore | RouteTraits.Uncounted);

    /// <summary>The document's bytes.</summary>
    public static byte[] Read()
    {
        using Stream stream = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"{ResourceName} is not in the program");
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Task SendAsync(HttpCall call) => call.BytesAsync(StatusCodes.Status200OK, Read());
}
