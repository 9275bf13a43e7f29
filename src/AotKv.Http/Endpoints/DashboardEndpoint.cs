using System.Security.Cryptography;
using System.Text;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Endpoints;

/// <summary>
/// The dashboard: one page, which loads nothing else and asks <c>/v1/status</c>. It holds no figures, so everybody may have it. Its policy
/// allows its own script and style, known by their hashes, and questions to this server, and nothing else.
/// </summary>
internal static class DashboardEndpoint
{
    private const string ResourceName = "dashboard.html";

    private static readonly Lazy<(byte[] Page, string Policy)> Content = new(Load);

    public static void Add(RouteTable routes) =>
        routes.Add("GET", "/", RouteAccess.Open, SendAsync, RouteTraits.WithoutStore | RouteTraits.Uncounted);

    private static async Task SendAsync(HttpCall call)
    {
        (byte[] page, string policy) = Content.Value;
        IHeaderDictionary headers = call.Response.Headers;
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        call.Response.ContentType = "text/html; charset=utf-8";
        call.Response.ContentLength = page.Length;
        _ = await call.Response.BodyWriter.WriteAsync(page, call.Context.RequestAborted).ConfigureAwait(false);
    }

    private static (byte[] Page, string Policy) Load()
    {
        using Stream stream = typeof(DashboardEndpoint).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"{ResourceName} is not in the program");
        byte[] page = new byte[stream.Length];
        stream.ReadExactly(page);
        string text = Encoding.UTF8.GetString(page);
        string policy = $"default-src 'none'; connect-src 'self'; img-src data:; script-src {HashOf(text, "script")}; style-src {HashOf(text, "style")}; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return (page, policy);
    }

    private static string HashOf(string page, string element)
    {
        int from = page.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        int to = page.IndexOf($"</{element}>", StringComparison.Ordinal);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(page[from..to])))}'";
    }
}
