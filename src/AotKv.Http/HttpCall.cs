using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http.Routing;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http;

/// <summary>One request on its way through the door.</summary>
internal sealed class HttpCall
{
    /// <summary>What paths call the namespace of the memcached port.</summary>
    public const string DefaultNamespaceName = "default";

    /// <summary>No more than this goes to the connection at once: what a client must take within the limit <c>stall</c>.</summary>
    private const int PieceBytes = 48 << 10;

    private readonly RouteValues _values;
    private string? _namespaceName;
    private byte[]? _key;

    public HttpCall(HttpContext context, HttpState state, RequestTarget target, Route route, RouteValues values)
    {
        Context = context;
        State = state;
        Target = target;
        Route = route;
        _values = values;
    }

    public HttpContext Context { get; }

    public HttpState State { get; }

    public RequestTarget Target { get; }

    public Route Route { get; }

    /// <summary>Whose token came with it; null when none is asked for.</summary>
    public Security.TokenEntry? Identity { get; set; }

    public HttpRequest Request => Context.Request;

    public HttpResponse Response => Context.Response;

    public Store Store => State.Store;

    /// <summary>The namespace's name in the path.</summary>
    public string NamespaceName => _namespaceName ??= _values.NamespaceAt == 0 ? string.Empty
        : Target.SegmentIs(_values.NamespaceAt - 1, DefaultNamespaceName) ? DefaultNamespaceName
        : Encoding.UTF8.GetString(Target.Segment(_values.NamespaceAt - 1));

    /// <summary>The key in the path.</summary>
    public byte[] Key => _key ??= Target.From(_values.KeyAt - 1);

    /// <summary>The namespace in the path; null when there is none of that name.</summary>
    public StoreNamespace? FindNamespace() => Find(Store, NamespaceName);

    /// <summary>A namespace by the name that the door gives it; null when there is none.</summary>
    public static StoreNamespace? Find(Store store, string name) =>
        name is DefaultNamespaceName or "" ? store.DefaultNamespace : store.FindNamespace(name);

    /// <summary>Whether the caller may do something in a namespace.</summary>
    public bool May(RouteAccess access, StoreNamespace ns) => Identity?.Allows(access, Keys.NamespaceEndpoints.NameOf(ns)) ?? State.Options.Tokens == null;

    /// <summary>A header's text; null when it is not there.</summary>
    public string? Header(string name) => Request.Headers.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    /// <summary>Whether a write's reply must wait for the log.</summary>
    /// <returns>False when the parameter has another value than <c>disk</c> or <c>memory</c>.</returns>
    public bool TryDurability(out bool waits)
    {
        string? wish = Target.QueryText("durability");
        waits = State.Options.HoldsReplies || wish == "disk";
        return wish is null or "disk" or "memory";
    }

    /// <summary>Waits for the log when it is asked for.</summary>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public ValueTask WaitDurableAsync(ulong revision, bool waits) =>
        waits && revision != 0 && Store.IsDurable ? State.Durability.WaitAsync(revision) : ValueTask.CompletedTask;

    /// <summary>Replies without a body.</summary>
    public Task EmptyAsync(int status)
    {
        Response.StatusCode = status;
        if (status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified))
        {
            Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    /// <summary>Replies with JSON.</summary>
    public async Task JsonAsync(int status, Action<Utf8JsonWriter> write)
    {
        using ArrayPoolBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        await BytesAsync(status, buffer.WrittenMemory).ConfigureAwait(false);
    }

    /// <summary>Replies with JSON that is written already.</summary>
    public async Task BytesAsync(int status, ReadOnlyMemory<byte> body)
    {
        Response.StatusCode = status;
        Response.ContentType = JsonText.ContentType;
        Response.ContentLength = body.Length;
        await WriteAsync(body).ConfigureAwait(false);
    }

    /// <summary>Sends some of the body. A client that does not take it is cut off after a while, so that it does not hold what is sent for ever.</summary>
    /// <exception cref="OperationCanceledException">The client has gone or was cut off.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > PieceBytes)
        {
            await TakenAsync(Response.BodyWriter.WriteAsync(bytes[..PieceBytes], Context.RequestAborted)).ConfigureAwait(false);
            bytes = bytes[PieceBytes..];
        }

        await TakenAsync(Response.BodyWriter.WriteAsync(bytes, Context.RequestAborted)).ConfigureAwait(false);
    }

    /// <summary>Sends a piece of bytes that may move or go when the caller returns to others; otherwise as <see cref="WriteAsync"/>.</summary>
    /// <returns>How many of them were sent.</returns>
    public ValueTask WritePieceAsync(ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = Math.Min(bytes.Length, PieceBytes);
        bytes[..sent].CopyTo(Response.BodyWriter.GetSpan(sent));
        Response.BodyWriter.Advance(sent);
        return TakenAsync(Response.BodyWriter.FlushAsync(Context.RequestAborted));
    }

    /// <summary>Refuses the request with a status and the reason.</summary>
    public Task RefuseAsync(int status, string reason) => Refusal.SendAsync(Context, status, reason);

    /// <summary>Refuses for now: the client may come again.</summary>
    public Task RefuseForNowAsync(string reason, int status = StatusCodes.Status503ServiceUnavailable, int retryAfterSeconds = 1)
    {
        Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return RefuseAsync(status, reason);
    }

    /// <summary>Refuses because of what the store said.</summary>
    public Task RefuseAsync(StoreStatus status) => status switch
    {
        StoreStatus.TooLarge => RefuseAsync(StatusCodes.Status413PayloadTooLarge, "the item is larger than the store's largest (-I)"),
        StoreStatus.NoMemory => RefuseAsync(StatusCodes.Status507InsufficientStorage, "the store is full and may not evict"),
        StoreStatus.Failed => RefuseAsync(StatusCodes.Status503ServiceUnavailable, "the log cannot be written: the store takes no writes any more"),
        StoreStatus.NamespaceDropped => RefuseAsync(StatusCodes.Status404NotFound, "the namespace was dropped"),
        StoreStatus.NotNumeric => RefuseAsync(StatusCodes.Status409Conflict, "the value is not an unsigned 64-bit number"),
        StoreStatus.NotFound => RefuseAsync(StatusCodes.Status404NotFound, "no such key"),
        _ => RefuseAsync(StatusCodes.Status412PreconditionFailed, "the item is not as the condition says"),
    };

    public Task RefuseNoNamespaceAsync() =>
        RefuseAsync(StatusCodes.Status404NotFound, "no such namespace; PUT /v1/ns/{namespace} creates one");

    private ValueTask TakenAsync(ValueTask<FlushResult> writing)
    {
        if (!writing.IsCompletedSuccessfully)
        {
            return WaitAsync(writing);
        }

        _ = writing.Result;
        return ValueTask.CompletedTask;
    }

    /// <summary>Kestrel's own limit adds up while a client is quick, and then lets it rest for hours.</summary>
    private async ValueTask WaitAsync(ValueTask<FlushResult> writing)
    {
        int milliseconds = 1000 * State.Options.Limits.StallSeconds;
        await using Timer limit = new(static context => ((HttpContext)context!).Abort(), Context, milliseconds, Timeout.Infinite);
        _ = await writing.ConfigureAwait(false);
        Context.RequestAborted.ThrowIfCancellationRequested();
    }
}
