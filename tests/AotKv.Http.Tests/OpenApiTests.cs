using System.Text.Json;
using System.Text.RegularExpressions;
using AotKv.Http.Routing;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class OpenApiTests
{
    [Fact]
    public async Task Document_describes_every_route_and_no_other()
    {
        using RunningDoor door = new();
        JsonElement paths = (await door.Client.Get("/openapi.json")).Json.GetProperty("paths");
        IEnumerable<string> described = paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(operation => operation.Name != "parameters").Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(HttpDoor.CreateRoutes().All.Select(route => $"{route.Method} {route.Template}").Order(), described.Order());
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_every_operation_says_how_it_ends()
    {
        using RunningDoor door = new();
        Reply reply = await door.Client.Get("/openapi.json");
        foreach (Match match in Regex.Matches(reply.Body, "\"\\$ref\": \"#/([^\"]+)\""))
        {
            JsonElement at = reply.Json;
            foreach (string name in match.Groups[1].Value.Split('/'))
            {
                Assert.True(at.TryGetProperty(name, out at), match.Value);
            }
        }

        HashSet<string> ids = [];
        foreach (Route route in HttpDoor.CreateRoutes().All)
        {
            JsonElement path = reply.Json.GetProperty("paths").GetProperty(route.Template);
            JsonElement operation = path.GetProperty(route.Method.ToLowerInvariant());
            Assert.True(ids.Add(operation.GetProperty("operationId").GetString()!));
            JsonElement responses = operation.GetProperty("responses");
            Assert.Contains(responses.EnumerateObject(), response => response.Name[0] == '2');
            Assert.Equal(route.Access == RouteAccess.Open, !responses.TryGetProperty("401", out _));
            string declared = path.TryGetProperty("parameters", out JsonElement parameters) ? parameters.GetRawText() : "";
            foreach (Match value in Regex.Matches(route.Template, "{([a-z]+)}"))
            {
                Assert.Contains($"parameters/{value.Groups[1].Value}\"", declared, StringComparison.Ordinal);
            }
        }
    }
}
