using AotKv.Engine;
using AotKv.Protocol;
using AotKv.Protocol.Meta;
using AotKv.Protocol.Text;
using AotKv.Server.Stats;

namespace AotKv.Server.Sessions;

/// <summary>ms.</summary>
internal sealed partial class MetaCommands
{
    /// <summary>Whether an item would pass the size limit, by memcached's formula.</summary>
    /// <param name="meta">The flags.</param>
    /// <param name="keyLength">Bytes of the key as it is stored.</param>
    /// <param name="valueLength">Bytes of the value.</param>
    public bool IsTooLarge(in MetaRequest meta, int keyLength, int valueLength) =>
        IsTooLarge(keyLength, valueLength, meta.ClientFlags);

    /// <summary>An ms that cannot be carried out removes the old value, whatever its mode.</summary>
    /// <param name="meta">Its flags.</param>
    /// <param name="key">Its key as it is stored.</param>
    /// <param name="valueLength">Bytes announced.</param>
    /// <param name="counter">Why: StoreTooLarge or StoreNoMemory.</param>
    public void FailSet(in MetaRequest meta, ReadOnlySpan<byte> key, int valueLength, Counter counter)
    {
        bool extends = meta.Mode is MetaMode.Append or MetaMode.Prepend;
        Verb command = VerbOf(meta.Mode, HasCompare(meta, extends));
        CountFailure(key, command, counter, extends ? meta.VivifyTtl : meta.Ttl, valueLength, meta.ClientFlags);
        _store.Delete(_store.Key(key));
    }

    /// <summary>ms.</summary>
    /// <param name="meta">Its flags.</param>
    /// <param name="key">The key with its hash.</param>
    /// <param name="opaque">The opaque with its letter; empty when there is none.</param>
    /// <param name="value">Its data block without CR LF.</param>
    /// <param name="writer">At least the smallest room.</param>
    public void Set(in MetaRequest meta, scoped ItemKey key, scoped ReadOnlySpan<byte> opaque, ReadOnlySpan<byte> value, ref ReplyWriter writer)
    {
        bool extends = meta.Mode is MetaMode.Append or MetaMode.Prepend;
        int ttl = extends ? meta.VivifyTtl : meta.Ttl;
        PutRequest put = new()
        {
            Value = value,
            ClientFlags = meta.ClientFlags,
            ExpiryMilliseconds = ttl == 0 ? 0 : Expiry.ToMilliseconds(ttl, _clock.Milliseconds),
            Mode = ModeOf(meta.Mode),
            HasCompare = HasCompare(meta, extends),
            Compare = meta.CompareCas,
            Cas = meta.NewCas,
            Options = OptionsOf(meta, extends),
        };
        bool observed = IsObserved;
        if (observed)
        {
            _watch.Before(key);
        }

        Outcome outcome = _store.Put(key, put);
        StoreStatus status = outcome.Status;
        if (status == StoreStatus.NoMemory || (status == StoreStatus.TooLarge && !extends))
        {
            FailSet(meta, key.Bytes, value.Length, status == StoreStatus.NoMemory ? Counter.StoreNoMemory : Counter.StoreTooLarge);
            writer.Write(status == StoreStatus.NoMemory ? TextReplies.OutOfMemoryStoring : TextReplies.TooLarge);
            return;
        }

        if (status == StoreStatus.Failed)
        {
            writer.Write(TextReplies.LogFailed);
            return;
        }

        _counters.Add(Counter.CmdSet);
        if (observed)
        {
            _watch.Stored(
                key.Bytes, VerbOf(meta.Mode, put.HasCompare), status == StoreStatus.TooLarge ? StoreStatus.NotStored : status,
                put.ExpiryMilliseconds, value.Length, meta.ClientFlags);
        }

        if (put.HasCompare && !extends)
        {
            CountCompare(status);
        }

        MetaStatus told = status switch
        {
            StoreStatus.Ok => MetaStatus.Done,
            StoreStatus.Exists => MetaStatus.Exists,
            StoreStatus.NotFound when !extends => MetaStatus.NotFound,
            _ => MetaStatus.NotStored,
        };
        if (!meta.Hides(told))
        {
            MetaItem item = new()
            {
                Key = key.Bytes,
                Cas = status == StoreStatus.Ok ? outcome.Cas & _casMask : 0,
                Size = status == StoreStatus.Ok && extends ? (int)outcome.Number : value.Length,
                IsBase64Key = meta.Has(MetaFlags.Base64Key),
            };
            writer.Advance(MetaComposer.WithItem(writer.Free, meta, told, item, opaque));
        }
    }

    /// <summary>Adding does not compare; of appending and prepending C0 asks for nothing.</summary>
    private static bool HasCompare(in MetaRequest meta, bool extends) =>
        meta.Has(MetaFlags.CompareCas) && meta.Mode != MetaMode.Add && !(extends && meta.CompareCas == 0);

    private static PutOptions OptionsOf(in MetaRequest meta, bool extends)
    {
        if (!extends && !meta.Has(MetaFlags.Base64Key | MetaFlags.NewCas | MetaFlags.Invalidate))
        {
            return PutOptions.None;
        }

        return (meta.Has(MetaFlags.Base64Key) ? PutOptions.BinaryKey : PutOptions.None)
            | (meta.NewCas != 0 ? PutOptions.SetCas : PutOptions.None)
            | (meta.Has(MetaFlags.Invalidate) && meta.CompareCas != 0 && !extends ? PutOptions.Invalidate : PutOptions.None)
            | (extends && meta.Has(MetaFlags.Vivify) ? PutOptions.Vivify : PutOptions.None)
            | (extends && meta.Has(MetaFlags.Size) ? PutOptions.TellLength : PutOptions.None);
    }

    /// <summary>The classic command that does the same.</summary>
    private static Verb VerbOf(MetaMode mode, bool compares) => mode switch
    {
        MetaMode.Add => Verb.Add,
        MetaMode.Replace => Verb.Replace,
        MetaMode.Append => Verb.Append,
        MetaMode.Prepend => Verb.Prepend,
        _ => compares ? Verb.Cas : Verb.Set,
    };

    private static StoreMode ModeOf(MetaMode mode) => mode switch
    {
        MetaMode.Add => StoreMode.Add,
        MetaMode.Replace => StoreMode.Replace,
        MetaMode.Append => StoreMode.Append,
        MetaMode.Prepend => StoreMode.Prepend,
        _ => StoreMode.Set,
    };
}
