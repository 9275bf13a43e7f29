using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using AotKv.Http.Metrics;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests.Metrics;

public sealed class OtlpTests
{
    [Fact]
    public async Task Export_sends_every_metric_in_the_form_of_the_protocol()
    {
        using Sink sink = new();
        using RunningDoor door = new(RunningDoor.Defaults with { Otlp = sink.Address, OtlpInterval = TimeSpan.FromMilliseconds(50) }, withMemcached: true);
        using TextClient client = new(door.Server!.EndPoints[0]);
        client.Set("k", "v");
        Assert.True(client.Get("k"));
        JsonElement body = await sink.Next(request => Find(request, "aotkv.batch.duration") is { } found
            && long.Parse(found.GetProperty("histogram").GetProperty("dataPoints")[0].GetProperty("count").GetString()!, CultureInfo.InvariantCulture) > 1);
        JsonElement resource = body.GetProperty("resourceMetrics")[0];
        Assert.Equal("aotkv", resource.GetProperty("resource").GetProperty("attributes").EnumerateArray()
            .Single(attribute => attribute.GetProperty("key").GetString() == "service.name").GetProperty("value").GetProperty("stringValue").GetString());
        Assert.Equal(["AotKv.Engine", "AotKv.Http", "AotKv.Server"], resource.GetProperty("scopeMetrics").EnumerateArray()
            .Select(scope => scope.GetProperty("scope").GetProperty("name").GetString()).Order());

        JsonElement requests = Find(body, "aotkv.requests")!.Value.GetProperty("sum");
        Assert.True(requests.GetProperty("isMonotonic").GetBoolean());
        Assert.Equal(2, requests.GetProperty("aggregationTemporality").GetInt32());
        JsonElement hits = requests.GetProperty("dataPoints").EnumerateArray().Single(point => Has(point, "command", "get") && Has(point, "outcome", "hit"));
        Assert.Equal("1", hits.GetProperty("asInt").GetString());
        Assert.True(Nanoseconds(hits, "startTimeUnixNano") <= Nanoseconds(hits, "timeUnixNano"));

        JsonElement times = Find(body, "aotkv.batch.duration")!.Value;
        Assert.Equal("s", times.GetProperty("unit").GetString());
        JsonElement point = times.GetProperty("histogram").GetProperty("dataPoints")[0];
        double[] bounds = [.. point.GetProperty("explicitBounds").EnumerateArray().Select(bound => bound.GetDouble())];
        long[] counts = [.. point.GetProperty("bucketCounts").EnumerateArray().Select(count => long.Parse(count.GetString()!, CultureInfo.InvariantCulture))];
        Assert.Equal(bounds.Length + 1, counts.Length);
        Assert.Equal(bounds.Order(), bounds);
        Assert.Equal(point.GetProperty("count").GetString(), counts.Sum().ToString(CultureInfo.InvariantCulture));
        Assert.Equal("1", Find(body, "aotkv.items")!.Value.GetProperty("gauge").GetProperty("dataPoints")[0].GetProperty("asInt").GetString());
    }

    [Fact]
    public async Task Export_to_a_collector_that_is_away_says_so_once_and_goes_on_when_it_is_back()
    {
        using Sink sink = new() { Answer = HttpStatusCode.ServiceUnavailable };
        using RunningDoor door = new(RunningDoor.Defaults with { Otlp = sink.Address, OtlpInterval = TimeSpan.FromMilliseconds(20) });
        await sink.Next(_ => true);
        await sink.Next(_ => true);
        await sink.Next(_ => true);
        sink.Answer = HttpStatusCode.OK;
        while (!door.Log.Any(line => line.Contains("sent again", StringComparison.Ordinal)))
        {
            await sink.Next(_ => true);
        }

        Assert.Single(door.Log, line => line.Contains("answers 503", StringComparison.Ordinal));
        door.Log.Clear(); // nobody else has anything to say
    }

    [Theory]
    [InlineData("http://localhost:4318", "http://localhost:4318/v1/metrics")]
    [InlineData("http://localhost:4318/", "http://localhost:4318/v1/metrics")]
    [InlineData("https://host/otlp/v1/metrics", "https://host/otlp/v1/metrics")]
    public void Address_without_a_path_gets_the_one_that_the_protocol_names(string given, string used) =>
        Assert.Equal(used, OtlpExporter.AddressOf(new Uri(given)).ToString());

    private static long Nanoseconds(JsonElement point, string name) => long.Parse(point.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);

    private static bool Has(JsonElement point, string label, string value) => point.GetProperty("attributes").EnumerateArray().Any(attribute =>
        attribute.GetProperty("key").GetString() == label && attribute.GetProperty("value").GetProperty("stringValue").GetString() == value);

    private static JsonElement? Find(JsonElement body, string name)
    {
        foreach (JsonElement metric in body.GetProperty("resourceMetrics")[0].GetProperty("scopeMetrics").EnumerateArray()
            .SelectMany(scope => scope.GetProperty("metrics").EnumerateArray()))
        {
            if (metric.GetProperty("name").GetString() == name)
            {
                return metric;
            }
        }

        return null;
    }

    /// <summary>Takes what an exporter sends.</summary>
    private sealed class Sink : IDisposable
    {
        private readonly HttpListener _listener;
        private readonly BlockingCollection<JsonElement> _requests = [];

        public Sink()
        {
            (_listener, Address) = Listen();
            _ = Task.Run(ServeAsync);
        }

        public Uri Address { get; }

        public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

        public async Task<JsonElement> Next(Func<JsonElement, bool> isWanted)
        {
            using CancellationTokenSource patience = new(TimeSpan.FromMinutes(1));
            return await Task.Run(() => _requests.GetConsumingEnumerable(patience.Token).First(isWanted));
        }

        public void Dispose()
        {
            _listener.Close();
            _requests.Dispose();
        }

        /// <summary>This kind of listener cannot pick a port by itself, and a port that was free a moment ago may be another test's now.</summary>
        private static (HttpListener Listener, Uri Address) Listen()
        {
            for (int attempt = 1; ; attempt++)
            {
                using System.Net.Sockets.TcpListener probe = new(IPAddress.Loopback, 0);
                probe.Start();
                Uri address = new($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}");
                probe.Stop();
                HttpListener listener = new();
                listener.Prefixes.Add(address.ToString());
                try
                {
                    listener.Start();
                    return (listener, address);
                }
                catch (HttpListenerException) when (attempt < 20)
                {
                    listener.Close();
                }
            }
        }

        private async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    bool asked = context.Request is { HttpMethod: "POST", ContentType: "application/json", Url.AbsolutePath: "/v1/metrics" };
                    using JsonDocument document = await JsonDocument.ParseAsync(context.Request.InputStream);
                    context.Response.StatusCode = asked ? (int)Answer : 404;
                    context.Response.Close();
                    _requests.Add(document.RootElement.Clone());
                }
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // Closed.
            }
        }
    }
}
