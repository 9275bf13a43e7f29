namespace AotKv.Protocol;

/// <summary>The commands of memcached's text protocols, classic and meta (protocol.txt of memcached 1.6.45).</summary>
public enum Verb : byte
{
    /// <summary>No command; the value of a request that was not parsed.</summary>
    None,

    /// <summary><c>get KEY+</c></summary>
    Get,

    /// <summary><c>gets KEY+</c>: get with CAS ids.</summary>
    Gets,

    /// <summary><c>gat EXPTIME KEY+</c>: get and touch.</summary>
    Gat,

    /// <summary><c>gats EXPTIME KEY+</c>: get and touch with CAS ids.</summary>
    Gats,

    /// <summary><c>set KEY FLAGS EXPTIME BYTES [noreply]</c></summary>
    Set,

    /// <summary><c>add</c>: store only when absent.</summary>
    Add,

    /// <summary><c>replace</c>: store only when present.</summary>
    Replace,

    /// <summary><c>append</c>: put the data behind the present value.</summary>
    Append,

    /// <summary><c>prepend</c>: put the data before the present value.</summary>
    Prepend,

    /// <summary><c>cas KEY FLAGS EXPTIME BYTES CASUNIQUE [noreply]</c>: store only when the CAS id is still the given one.</summary>
    Cas,

    /// <summary><c>delete KEY [noreply]</c></summary>
    Delete,

    /// <summary><c>incr KEY DELTA [noreply]</c></summary>
    Incr,

    /// <summary><c>decr KEY DELTA [noreply]</c></summary>
    Decr,

    /// <summary><c>touch KEY EXPTIME [noreply]</c></summary>
    Touch,

    /// <summary><c>flush_all [EXPTIME] [noreply]</c></summary>
    FlushAll,

    /// <summary><c>version</c></summary>
    Version,

    /// <summary><c>verbosity LEVEL [noreply]</c></summary>
    Verbosity,

    /// <summary><c>stats [ARG+]</c>; the arguments are the raw rest of the line.</summary>
    Stats,

    /// <summary><c>shutdown [graceful]</c>; the arguments are the raw rest of the line.</summary>
    Shutdown,

    /// <summary><c>quit</c></summary>
    Quit,

    /// <summary><c>mg KEY flags</c>: meta get.</summary>
    MetaGet,

    /// <summary><c>ms KEY BYTES flags</c>: meta set; a data block follows.</summary>
    MetaSet,

    /// <summary><c>md KEY flags</c>: meta delete.</summary>
    MetaDelete,

    /// <summary><c>ma KEY flags</c>: meta arithmetic.</summary>
    MetaArithmetic,

    /// <summary><c>me KEY [b]</c>: what is known of an item, for people.</summary>
    MetaDebug,

    /// <summary><c>mn</c>: answered with <c>MN</c> when everything before it has been.</summary>
    MetaNoop,

    /// <summary><c>cache_memlimit MB [noreply]</c>. This and what follows: the arguments are the raw rest of the line.</summary>
    CacheMemlimit,

    /// <summary><c>lru tune|mode|temp_ttl ...</c></summary>
    Lru,

    /// <summary><c>lru_crawler enable|disable|sleep|tocrawl|crawl|metadump|mgdump ...</c></summary>
    LruCrawler,

    /// <summary><c>slabs reassign|automove ...</c></summary>
    Slabs,

    /// <summary><c>watch [stream+]</c></summary>
    Watch,

    /// <summary><c>extstore ...</c></summary>
    Extstore,

    /// <summary><c>refresh_certs</c></summary>
    RefreshCerts,

    /// <summary><c>debugtime ...</c>, of memcached's debug build only.</summary>
    DebugTime,

    /// <summary><c>debugitem ...</c>, of memcached's debug build only.</summary>
    DebugItem,

    /// <summary><c>misbehave</c>, of memcached's debug build only.</summary>
    Misbehave,
}
