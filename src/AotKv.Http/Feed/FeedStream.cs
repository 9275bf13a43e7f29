using AotKv.Engine.Feed;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Http.Feed;

/// <summary>Takes the text of a feed to a client.</summary>
internal interface IFeedSink
{
    /// <summary>Cancelled when the client has gone.</summary>
    CancellationToken Gone { get; }

    /// <summary>Sends whole transactions; waits while the client does not read.</summary>
    ValueTask SendAsync(ReadOnlyMemory<byte> text, CancellationToken cancellation);
}

/// <summary>The loops that carry a feed: read some, send it, wait for more. What a reader holds is what it is being sent.</summary>
internal static class FeedStream
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Sends what there is up to a revision, after waiting for something if there is nothing.</summary>
    public static async Task RunOnceAsync(
        HttpCall call, FeedCursor cursor, IFeedSink sink, ArrayPoolBufferWriter<byte> text, FeedStatus status, ulong last, TimeSpan wait)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(sink.Gone, call.State.Stopping);
        long deadline = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        for (; ; )
        {
            bool hasSent = cursor.SentRevision != cursor.StartRevision;
            bool isEnd = status == FeedStatus.FellBehind || cursor.HasEnough || cursor.IsDropped;
            if (status == FeedStatus.UpToDate && !hasSent)
            {
                TimeSpan left = TimeSpan.FromMilliseconds(deadline - Environment.TickCount64);
                isEnd |= left <= TimeSpan.Zero || !await WaitAsync(call, cursor, left, end.Token).ConfigureAwait(false);
            }
            else
            {
                isEnd |= status == FeedStatus.UpToDate || (cursor.Revision >= last && hasSent);
            }

            if (isEnd)
            {
                break;
            }

            await SendAsync(call, sink, text, end.Token).ConfigureAwait(false);
            status = cursor.Read(text);
        }

        if (status == FeedStatus.FellBehind)
        {
            cursor.WriteLost(text, call.Store.LastRevision);
        }
        else if (cursor.Revision != cursor.SentRevision || cursor.SentRevision == cursor.StartRevision)
        {
            cursor.WriteProgress(text);
        }

        await SendAsync(call, sink, text, end.Token).ConfigureAwait(false);
    }

    /// <summary>Sends what comes until the client goes, the door stops, the namespace is dropped, or the reader was overtaken.</summary>
    public static async Task RunAsync(HttpCall call, FeedCursor cursor, IFeedSink sink, ArrayPoolBufferWriter<byte> text, FeedStatus status)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(sink.Gone, call.State.Stopping);
        try
        {
            // So the client knows at once that it is connected, and where it stands.
            if (text.WrittenCount == 0)
            {
                cursor.WriteProgress(text);
            }

            while (status != FeedStatus.FellBehind && !cursor.IsDropped && !cursor.HasEnough)
            {
                await SendAsync(call, sink, text, end.Token).ConfigureAwait(false);
                if (status == FeedStatus.UpToDate && !await WaitAsync(call, cursor, Beat, end.Token).ConfigureAwait(false))
                {
                    cursor.WriteProgress(text);
                    continue;
                }

                status = cursor.Read(text);
            }

            if (status == FeedStatus.FellBehind)
            {
                cursor.WriteLost(text, call.Store.LastRevision);
            }

            await SendAsync(call, sink, text, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has gone or was cut off, or the door stops: what was sent is whole, and can be gone on from.
        }
    }

    private static ValueTask<bool> WaitAsync(HttpCall call, FeedCursor cursor, TimeSpan timeout, CancellationToken end) =>
        call.State.Changes.WaitAsync(cursor.SeenRevision, timeout, end);

    /// <summary>Sends and empties the text. A client that does not read for too long is cut off; it can come again.</summary>
    private static async ValueTask SendAsync(HttpCall call, IFeedSink sink, ArrayPoolBufferWriter<byte> text, CancellationToken end)
    {
        if (text.WrittenCount == 0)
        {
            return;
        }

        long held = text.Capacity;
        while (!call.State.Buffers.TryTake(held))
        {
            await Task.Delay(Pause, end).ConfigureAwait(false);
        }

        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(end);
        try
        {
            stall.CancelAfter(TimeSpan.FromSeconds(call.State.Options.Limits.StallSeconds));
            await sink.SendAsync(text.WrittenMemory, stall.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!end.IsCancellationRequested)
        {
            call.Context.Abort();
            throw;
        }
        finally
        {
            call.State.Buffers.Give(held);
            text.Clear();
        }
    }
}
