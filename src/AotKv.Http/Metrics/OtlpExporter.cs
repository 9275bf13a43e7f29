using System.Net.Http.Headers;

namespace AotKv.Http.Metrics;

/// <summary>
/// Sends snapshots to an OpenTelemetry collector, OTLP over HTTP in its JSON form. A collector that is away is told of to the operator once,
/// and again when it is back; nothing is kept for it, as the next snapshot has everything.
/// </summary>
internal sealed class OtlpExporter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly MetricCollector _collector;
    private readonly Uri _address;
    private readonly TimeSpan _interval;
    private readonly Action<string> _log;
    private readonly HttpClient _client = new() { Timeout = Patience };
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private bool _fails;
    private bool _stopped;

    public OtlpExporter(MetricCollector collector, Uri address, TimeSpan interval, Action<string> log)
    {
        _collector = collector;
        _address = AddressOf(address);
        _interval = interval;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Where metrics go: the path that OTLP names, unless the address has one.</summary>
    public static Uri AddressOf(Uri address) => address.AbsolutePath == "/" ? new(address, "/v1/metrics") : address;

    /// <summary>Stops, after a last snapshot, which gets two seconds.</summary>
    public void Stop()
    {
        if (!_stopped)
        {
            _stopped = true;
            _stopping.Cancel();
            _running.GetAwaiter().GetResult();
        }
    }

    public void Dispose()
    {
        Stop();
        _client.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using PeriodicTimer timer = new(_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await SendAsync(_stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await SendLastAsync().ConfigureAwait(false);
        }
    }

    private async Task SendLastAsync()
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(2));
        try
        {
            await SendAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The collector takes too long: it has had all snapshots but this one.
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        string? failure;
        try
        {
            using ByteArrayContent content = new(OtlpJson.Write(_collector.Collect(), _collector.Started));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _client.PostAsync(_address, content, cancellation).ConfigureAwait(false);
            failure = response.IsSuccessStatusCode ? null : $"it answers {(int)response.StatusCode}";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            failure = exception.Message;
        }

        if (failure != null != _fails)
        {
            _fails = failure != null;
            _log(_fails ? $"--otlp {_address}: metrics cannot be sent: {failure}" : $"--otlp {_address}: metrics are sent again");
        }
    }
}
