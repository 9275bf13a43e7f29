using AotKv.Engine.Feed;
using AotKv.Engine.Namespaces;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Http.Feed;

/// <summary>How a transaction is written.</summary>
internal enum FeedFormat
{
    /// <summary>A line of JSON.</summary>
    Line,

    /// <summary>A server-sent event, its id the revision.</summary>
    Event,
}

/// <summary>A place in the feed of one namespace: turns what comes next into text, a transaction whole or not at all.</summary>
internal sealed class FeedCursor
{
    /// <summary>A longer value is not repeated in the feed: its size is, and the key can be read.</summary>
    public const int MostValueBytes = 1 << 20;

    private readonly StoreFeed _feed;
    private readonly uint _namespace;
    private readonly FeedFormat _format;
    private readonly bool _withValues;
    private int _left;

    public FeedCursor(StoreFeed feed, StoreNamespace ns, FeedFormat format, bool withValues, int limit)
    {
        _feed = feed;
        _namespace = ns.Number;
        _format = format;
        _withValues = withValues;
        _left = limit;
        StartRevision = feed.Revision;
        SentRevision = feed.Revision;
    }

    /// <summary>Where it began.</summary>
    public ulong StartRevision { get; }

    /// <summary>Where to go on: what a reader gives back as <c>after</c>.</summary>
    public ulong Revision => HasEnough ? SentRevision : _feed.Revision;

    /// <summary>The revision of the last transaction that was written out.</summary>
    public ulong SentRevision { get; private set; }

    /// <summary>The store's last revision when the end was looked at.</summary>
    public ulong SeenRevision => _feed.SeenRevision;

    /// <summary>As many transactions were written as were asked for.</summary>
    public bool HasEnough => _left <= 0;

    /// <summary>The namespace was dropped: nothing will come any more.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>Writes some of what comes next.</summary>
    public FeedStatus Read(ArrayPoolBufferWriter<byte> output)
    {
        TransactionWriter writer = new() { Cursor = this, Output = output };
        return _feed.Read(ref writer);
    }

    /// <summary>Writes a transaction without changes: only how far the feed has come.</summary>
    public void WriteProgress(ArrayPoolBufferWriter<byte> output)
    {
        if (_format == FeedFormat.Event)
        {
            // An event without data is not delivered, but its id is kept.
            JsonStrings.Put(output, "id: "u8);
            JsonStrings.PutNumber(output, Revision);
            JsonStrings.Put(output, "\n\n"u8);
            return;
        }

        JsonStrings.Put(output, "{\"revision\":"u8);
        JsonStrings.PutNumber(output, Revision);
        JsonStrings.Put(output, ",\"changes\":[]}\n"u8);
    }

    /// <summary>Writes that the reader was overtaken, and what to do.</summary>
    public void WriteLost(ArrayPoolBufferWriter<byte> output, ulong last)
    {
        JsonStrings.Put(output, _format == FeedFormat.Event ? "event: lost\ndata: "u8 : default);
        JsonStrings.Put(output, "{\"error\":"u8);
        JsonStrings.Write(output, System.Text.Encoding.UTF8.GetBytes(FeedEndpoint.LostReason(Revision)));
        JsonStrings.Put(output, ",\"status\":410,\"revision\":"u8);
        JsonStrings.PutNumber(output, last);
        JsonStrings.Put(output, _format == FeedFormat.Event ? "}\n\n"u8 : "}\n"u8);
    }

    private void Write(ArrayPoolBufferWriter<byte> output, in FeedChange change, ref bool isOpen)
    {
        if (change.Namespace == _namespace && !HasEnough && !IsDropped)
        {
            if (isOpen)
            {
                JsonStrings.Put(output, ","u8);
            }
            else
            {
                Open(output, change.Revision);
                isOpen = true;
            }

            WriteChange(output, change);
        }

        if (change.EndsTransaction && isOpen)
        {
            JsonStrings.Put(output, _format == FeedFormat.Event ? "]}\n\n"u8 : "]}\n"u8);
            isOpen = false;
            SentRevision = change.Revision;
            _left--;
        }
    }

    private void Open(ArrayPoolBufferWriter<byte> output, ulong revision)
    {
        if (_format == FeedFormat.Event)
        {
            JsonStrings.Put(output, "id: "u8);
            JsonStrings.PutNumber(output, revision);
            JsonStrings.Put(output, "\ndata: "u8);
        }

        JsonStrings.Put(output, "{\"revision\":"u8);
        JsonStrings.PutNumber(output, revision);
        JsonStrings.Put(output, ",\"changes\":["u8);
    }

    private void WriteChange(ArrayPoolBufferWriter<byte> output, in FeedChange change)
    {
        switch (change.Kind)
        {
            case FeedChangeKind.Put:
                JsonStrings.Put(output, "{\"op\":\"put\","u8);
                JsonStrings.WriteMember(output, "key"u8, change.Key);
                WriteItem(output, change);
                break;
            case FeedChangeKind.Delete:
                JsonStrings.Put(output, "{\"op\":\"delete\","u8);
                JsonStrings.WriteMember(output, "key"u8, change.Key);
                break;
            default:
                (_, ulong flushed, bool isDropped) = change.NamespaceState;
                IsDropped = isDropped;
                JsonStrings.Put(output, isDropped ? "{\"op\":\"drop\""u8 : flushed != 0 ? "{\"op\":\"flush\",\"up_to\":"u8 : "{\"op\":\"create\""u8);
                if (flushed != 0 && !isDropped)
                {
                    JsonStrings.PutNumber(output, flushed);
                }

                break;
        }

        JsonStrings.Put(output, "}"u8);
    }

    private void WriteItem(ArrayPoolBufferWriter<byte> output, in FeedChange change)
    {
        ReadOnlySpan<byte> value = change.Value;
        if (_withValues && value.Length <= MostValueBytes)
        {
            JsonStrings.Put(output, ","u8);
            JsonStrings.WriteMember(output, "value"u8, value);
        }
        else
        {
            JsonStrings.Put(output, ",\"size\":"u8);
            JsonStrings.PutNumber(output, (long)value.Length);
        }

        JsonStrings.Put(output, ",\"flags\":"u8);
        JsonStrings.PutNumber(output, (long)change.ClientFlags);
        if (change.ExpiryMilliseconds != 0)
        {
            JsonStrings.Put(output, ",\"expires\":"u8);
            JsonStrings.PutNumber(output, change.ExpiryMilliseconds);
        }

        if (change.Cas != change.Revision)
        {
            JsonStrings.Put(output, ",\"etag\":"u8);
            JsonStrings.PutNumber(output, change.Cas);
        }
    }

    private struct TransactionWriter : IFeedReader
    {
        private bool _isOpen;

        public required FeedCursor Cursor { get; init; }

        public required ArrayPoolBufferWriter<byte> Output { get; init; }

        public void Read(in FeedChange change) => Cursor.Write(Output, change, ref _isOpen);
    }
}
