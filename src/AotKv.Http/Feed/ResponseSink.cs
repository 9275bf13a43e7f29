namespace AotKv.Http.Feed;

/// <summary>Sends a feed as the body of a response.</summary>
internal sealed class ResponseSink : IFeedSink
{
    /// <summary>No more than this goes to the connection at once, so that is what a stalled one holds.</summary>
    private const int PieceBytes = 32 << 10;

    private readonly HttpCall _call;

    public ResponseSink(HttpCall call) => _call = call;

    /// <inheritdoc/>
    public CancellationToken Gone => _call.Context.RequestAborted;

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation)
    {
        while (!text.IsEmpty)
        {
            int piece = Math.Min(text.Length, PieceBytes);
            _ = await _call.Response.BodyWriter.WriteAsync(text[..piece], cancellation).ConfigureAwait(false);
            text = text[piece..];
        }
    }
}
