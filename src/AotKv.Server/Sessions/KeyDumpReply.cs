using System.Buffers;
using System.Buffers.Text;
using AotKv.Engine;
using AotKv.Protocol.Text;
using CommunityToolkit.HighPerformance;

namespace AotKv.Server.Sessions;

/// <summary>In which form keys are listed.</summary>
internal enum KeyDumpFormat : byte
{
    /// <summary><c>lru_crawler metadump</c>: names and values, keys encoded as in a URI.</summary>
    Meta,

    /// <summary><c>lru_crawler mgdump</c>: commands that would read the items.</summary>
    MetaGet,

    /// <summary><c>stats cachedump</c>: bytes and time, keys as they are.</summary>
    Cache,
}

/// <summary>
/// Lists items, some at a time. An item that is there from the beginning to the end is listed once; one that comes or goes meanwhile once or
/// not at all. Keys longer than this protocol's are left out.
/// </summary>
internal sealed class KeyDumpReply : LongReply
{
    /// <summary>What memcached's <c>stats cachedump</c> lists at most.</summary>
    private const int MaxCacheDumpBytes = 2 << 20;

    /// <summary>A key of 250 bytes, each as three, and all else at its longest.</summary>
    private const int MaxLineBytes = 1024;

    private readonly ServerState _state;
    private readonly KeyDumpFormat _format;
    private readonly ulong _classes; // bit set: the class is listed
    private long _left; // items that may still be listed
    private long _bytes;
    private ScanPosition _position;

    /// <param name="state">Whose items.</param>
    /// <param name="format">How.</param>
    /// <param name="classes">One bit for each slab class whose items are listed.</param>
    /// <param name="limit">Items to list at most; 0 all.</param>
    public KeyDumpReply(ServerState state, KeyDumpFormat format, ulong classes, long limit = 0)
    {
        _state = state;
        _format = format;
        _classes = classes;
        _left = limit == 0 ? long.MaxValue : limit;
        Text.Write(format == KeyDumpFormat.Cache ? default : "OK\r\n"u8);
    }

    protected override bool Work()
    {
        bool goesOn = true;
        for (int i = 0; goesOn && i < ServerLimits.ScansPerStep && Text.WrittenCount < ServerLimits.TextPerStepBytes; i++)
        {
            Writer writer = new(this, Text.GetSpan(Store.MaxItemsPerScan * MaxLineBytes));
            goesOn = _state.Store.Scan(ref _position, _state.Store.DefaultNamespace, ref writer) && _left > 0
                && (_format != KeyDumpFormat.Cache || _bytes < MaxCacheDumpBytes);
            Text.Advance(writer.Length);
        }

        if (!goesOn)
        {
            Text.Write(_format == KeyDumpFormat.MetaGet ? "EN\r\n"u8 : "END\r\n"u8);
        }

        return goesOn;
    }

    private bool Takes(in Item item, out int id, out long bytes)
    {
        bytes = _state.Classes.ItemBytes(item);
        id = _state.Classes.ClassOf(bytes);
        return _left > 0 && item.Key.Length <= TextParser.MaxKeyLength && ((_classes >> id) & 1) != 0;
    }

    /// <summary>Writes the lines of one part of the index. There is room for all of them.</summary>
    private ref struct Writer(KeyDumpReply dump, Span<byte> room) : IItemReader
    {
        private readonly Span<byte> _room = room;

        public int Length { get; private set; }

        public void Read(in Item item)
        {
            if (!dump.Takes(item, out int id, out long bytes))
            {
                return;
            }

            int before = Length;
            switch (dump._format)
            {
                case KeyDumpFormat.Meta:
                    WriteMeta(item, id, bytes);
                    break;
                case KeyDumpFormat.MetaGet:
                    WriteMetaGet(item);
                    break;
                default:
                    WriteCache(item);
                    break;
            }

            dump._left -= Length > before ? 1 : 0;
            dump._bytes += Length - before;
        }

        private void WriteMeta(in Item item, int id, long bytes)
        {
            Add("key="u8);
            Length += UriText.Encode(_room[Length..], item.Key);
            Add(" exp="u8);
            Add(item.ExpiryMilliseconds == 0 ? -1 : item.ExpiryMilliseconds / 1000);
            Add(" la="u8);
            Add(dump._state.Store.LastAccessSeconds(item));
            Add(" cas="u8);
            Length += TextComposer.Digits(_room[Length..], dump._state.Options.CasDisabled ? 0 : item.Revision);
            Add(item.WasFetched ? " fetch=yes cls="u8 : " fetch=no cls="u8);
            Add(id);
            Add(" size="u8);
            Add(bytes);
            Add(" flags="u8);
            Add(item.ClientFlags);
            Add(" \n"u8);
        }

        private void WriteMetaGet(in Item item)
        {
            Add("mg "u8);
            if (item.HasBinaryKey)
            {
                Base64.EncodeToUtf8(item.Key, _room[Length..], out _, out int written);
                Length += written;
                Add(" b"u8);
            }
            else
            {
                Add(item.Key);
            }

            Add("\r\n"u8);
        }

        private void WriteCache(in Item item)
        {
            if (item.HasBinaryKey)
            {
                return;
            }

            Add("ITEM "u8);
            Add(item.Key);
            Add(" ["u8);
            Add(item.Value.Length);
            Add(" b; "u8);
            Add(item.ExpiryMilliseconds / 1000);
            Add(" s]\r\n"u8);
        }

        private void Add(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_room[Length..]);
            Length += text.Length;
        }

        private void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _room[Length..], out int written);
            Length += written;
        }
    }
}
