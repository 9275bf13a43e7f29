using System.Diagnostics;
using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;
using AotKv.Server.Watch;

namespace AotKv.Server.Sessions;

/// <summary>
/// The protocol side of one connection: bytes in, reply bytes out, no socket. It keeps what spans several reads (a request cut
/// in the middle, a large upload, a multi-get whose reply was full) and nothing else; the transport keeps unconsumed input and
/// unsent replies. One thread at a time.
/// </summary>
/// <remarks>
/// The way of the bytes: <see cref="Prepare"/> parses a batch of requests and asks for the memory their keys live in,
/// <see cref="Execute"/> runs them in order, then whatever ended the batch is dealt with (Session.Tail.cs). What could not be
/// finished leaves a <see cref="Phase"/> behind, which the next call continues first (Session.Continue.cs). The binary protocol goes the
/// same way beside it (Session.Binary.cs), and logins come before both (Session.Login.cs).
/// </remarks>
internal sealed partial class Session : IDisposable
{
    private readonly SessionHost _host;
    private readonly ClassicCommands _commands;
    private readonly Store _store;
    private readonly int _id;

    private Phase _phase;
    private bool _replyRefused; // transport found no memory for the next value
    private int _scanned; // leading input bytes known to hold no line end
    private int _required; // room the next value needs
    private LongReply? _long; // Phase.LongReply
    private long _lastRequestMs;

    /// <summary>Makes the session of a new connection.</summary>
    /// <param name="host">What the connection's loop lends it.</param>
    /// <param name="id">The connection's number in the log.</param>
    public Session(SessionHost host, int id)
    {
        _host = host;
        _commands = host.Commands;
        _store = host.Store;
        _id = id;
        _lastRequestMs = host.Clock.Milliseconds;
    }

    /// <summary>What the next call has to continue with.</summary>
    private enum Phase : byte
    {
        /// <summary>The first byte of the connection.</summary>
        First,

        /// <summary>The beginning of a request.</summary>
        Line,

        /// <summary>The rest of a data block; request line and data stay in the input.</summary>
        Data,

        /// <summary>The rest of a data block, collected in the upload.</summary>
        Upload,

        /// <summary>Input to drop; then the answer of the bad request.</summary>
        Swallow,

        /// <summary>A retrieval; its line stays in the input.</summary>
        Get,

        /// <summary>A reply that is made and handed out in steps.</summary>
        LongReply,

        /// <summary>Lines for a watcher; input is ignored.</summary>
        Watch,

        /// <summary>The login of a text connection that needs one.</summary>
        Login,

        /// <summary>The beginning of a binary request.</summary>
        Packet,

        /// <summary>The rest of a binary request's value, collected in the upload.</summary>
        PacketUpload,

        /// <summary>Input to drop; then the response to the bad binary request.</summary>
        PacketSwallow,

        /// <summary>Nothing more.</summary>
        Closed,
    }

    /// <summary>Why the session asked for the end of the connection.</summary>
    public CloseReason CloseReason { get; private set; }

    /// <summary>When it last had something to do, milliseconds since 1970.</summary>
    public long LastRequestMilliseconds => _lastRequestMs;

    /// <summary>What it is doing, in the words of <c>stats conns</c>. Any thread: what it says may be over.</summary>
    public string StateName => _phase switch
    {
        Phase.First => "conn_new_cmd",
        Phase.Data or Phase.Upload or Phase.PacketUpload => "conn_nread",
        Phase.Swallow or Phase.PacketSwallow => "conn_swallow",
        Phase.Get or Phase.LongReply => "conn_mwrite",
        Phase.Watch => "conn_watch",
        Phase.Closed => "conn_closing",
        _ => "conn_read",
    };

    /// <summary>
    /// Answers what can be answered. Never throws for what a client sends; allocates nothing except for statistics.
    /// </summary>
    /// <param name="input">The bytes not consumed by the last call, and new ones behind them.</param>
    /// <param name="reply">Room for replies, at least twice <see cref="ServerLimits.MinReplyRoomBytes"/> when nothing is in it.</param>
    /// <param name="budget">Requests to execute at most, at least 1.</param>
    public SessionResult Process(ReadOnlySpan<byte> input, Span<byte> reply, int budget)
    {
        ReplyWriter writer = new(reply);
        int consumed = 0;
        _required = 0;
        _host.ConnectionId = _id;
        _lastRequestMs = _host.Clock.Milliseconds;
        SessionStatus status = SessionStatus.Continue;
        Phase before = _phase;
        if (before != Phase.Line)
        {
            _host.HasWritten |= before is Phase.Data or Phase.Upload or Phase.Swallow or Phase.PacketUpload or Phase.PacketSwallow || (before == Phase.Get && Pending.Request.Verb >= Verb.Gat);
            status = ContinuePhase(input, ref consumed, ref writer, ref budget);
        }

        while (status == SessionStatus.Continue)
        {
            status = _phase == Phase.Packet
                ? RunPackets(input, ref consumed, ref writer, ref budget)
                : RunBatch(input, ref consumed, ref writer, ref budget);
        }

        Debug.Assert((uint)consumed <= (uint)input.Length, "consumes what it was given");
        if (_phase != before && _host.State.Verbosity > 2)
        {
            _host.State.Log.Line($"{_id}: going from {before} to {_phase}");
        }

        return new(status, consumed, writer.Length, _required);
    }

    /// <summary>
    /// First step for requests of several connections that are looked up together: asks the processor for the index line of the first
    /// request's key. It changes nothing; Process follows with the same input.
    /// </summary>
    /// <returns>What <see cref="Engine.Store.PrefetchRecord"/> takes in the second step; 0 when there is no key.</returns>
    public ulong Announce(ReadOnlySpan<byte> input)
    {
        if (_phase == Phase.Packet)
        {
            return AnnouncePacket(input);
        }

        if (_phase != Phase.Line || _scanned != 0 || TextParser.Parse(input, 0, out Request request) != ParseStatus.Done || request.KeyLength == 0)
        {
            return 0;
        }

        ulong hash = _store.Key(input.Slice(request.KeyOffset, request.KeyLength)).Hash;
        _store.PrefetchSlot(hash);
        return hash;
    }

    /// <summary>The transport has no memory for the value that needs <see cref="SessionResult.RequiredReplyBytes"/>: it is refused.</summary>
    public void RefuseLargeReply()
    {
        _replyRefused = true;
        _host.Counters.Add(Counter.ReplyBufferExhausted);
    }

    /// <summary>
    /// Where the transport may put the next received bytes itself, instead of passing them as input: the rest of a large data
    /// block. Empty when there is none, or no memory for it. Bytes put there are told by <see cref="Received"/>.
    /// </summary>
    public Span<byte> DirectRoom() => _phase is Phase.Upload or Phase.PacketUpload && Pending.Upload.Missing > 0 ? Pending.Upload.Room(_host.Pool) : default;

    /// <summary>No request has been begun, except for a part of its line.</summary>
    public bool IsBetweenRequests => _phase is Phase.First or Phase.Line;

    /// <summary>Says how many bytes were put into <see cref="DirectRoom"/>; Process follows.</summary>
    public void Received(int bytes) => Pending.Upload.Advance(bytes);

    /// <summary>Gives back what the session holds.</summary>
    public void Dispose()
    {
        if (_pending is { Upload.IsActive: true })
        {
            _pending.Upload.End(_host.Pool);
        }

        _long?.Dispose();
        _long = null;
        EndWatch();
        _phase = Phase.Closed;
    }

    private SessionStatus RunBatch(ReadOnlySpan<byte> input, ref int consumed, ref ReplyWriter writer, ref int budget)
    {
        if (budget <= 0)
        {
            return consumed == input.Length ? SessionStatus.NeedInput : SessionStatus.Yield;
        }

        BatchEnd end = Prepare(input, consumed, Math.Min(budget, ServerLimits.BatchRequests), out int count);
        for (int i = 0; i < count; i++)
        {
            ref PreparedRequest item = ref _host.Batch.Items[i];
            consumed = item.Offset;
            SessionStatus status = Execute(ref item, input.Slice(item.Offset, item.Length), ref writer, ref budget);
            if (status is SessionStatus.Continue)
            {
                consumed += item.Length;
                continue;
            }

            // The requests behind this one are parsed again when its turn is over; so is this one, unless it has been answered.
            _scanned = 0;
            if (_phase is Phase.LongReply or Phase.Watch or Phase.Closed)
            {
                consumed += item.Length;
            }

            return status;
        }

        return end == BatchEnd.Full ? SessionStatus.Continue : FinishTail(end, ref _host.Batch.Items[count].Request, input, ref consumed, ref writer);
    }

    /// <summary>Parses up to so many whole requests and asks the store's memory for their keys.</summary>
    private BatchEnd Prepare(ReadOnlySpan<byte> input, int offset, int limit, out int count)
    {
        PreparedRequest[] items = _host.Batch.Items;
        BatchEnd end = BatchEnd.Full;
        for (count = 0; count < limit; count++)
        {
            ref PreparedRequest item = ref items[count];
            if (offset == input.Length)
            {
                end = BatchEnd.InputUsed;
                break;
            }

            ReadOnlySpan<byte> rest = input.Slice(offset);
            ParseStatus status = TextParser.Parse(rest, _scanned, out item.Request);
            _scanned = 0;
            if (status != ParseStatus.Done)
            {
                end = status == ParseStatus.NeedMore ? BatchEnd.PartialLine : BatchEnd.Bad;
                break;
            }

            item.Offset = offset;
            item.Length = item.Request.LineLength;
            bool isMeta = IsMeta(item.Request.Verb);
            if (isMeta && (end = PrepareMeta(rest, count, ref item)) != BatchEnd.Full)
            {
                break;
            }

            if (IsStorage(item.Request.Verb) || item.Request.Verb == Verb.MetaSet)
            {
                if (!isMeta && _commands.IsTooLarge(item.Request))
                {
                    end = BatchEnd.TooLarge;
                    break;
                }

                item.Length += item.Request.ValueLength + 2;
                if (item.Length > rest.Length)
                {
                    end = BatchEnd.PartialData;
                    break;
                }
            }

            offset += item.Length;
            if (item.Request.KeyLength > 0)
            {
                if (!isMeta)
                {
                    item.Hash = _store.Key(rest.Slice(item.Request.KeyOffset, item.Request.KeyLength)).Hash;
                }

                if (offset < input.Length || count > 0)
                {
                    _store.PrefetchSlot(item.Hash);
                }
            }
        }

        if (count > 1)
        {
            for (int i = 0; i < count; i++)
            {
                if (items[i].Request.KeyLength > 0)
                {
                    _store.PrefetchRecord(items[i].Hash);
                }
            }
        }

        return end;
    }

    private static bool IsStorage(Verb verb) => verb is >= Verb.Set and <= Verb.Cas;

    private static bool IsRetrieval(Verb verb) => verb is >= Verb.Get and <= Verb.Gats;
}
