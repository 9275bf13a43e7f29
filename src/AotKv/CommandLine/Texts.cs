using AotKv.Server;

namespace AotKv.CommandLine;

/// <summary>What <c>-h</c>, <c>-i</c> and <c>-V</c> print.</summary>
internal static class Texts
{
    /// <summary>
    /// Only what is there: tools search this text for the names of features. The defaults are those of the options' records.
    /// </summary>
    public const string Help = """
        aotkv: a key-value server that speaks memcached's protocols

        Usage: aotkv [options]
               aotkv top [HOST:PORT]   show what a server, or a memcached, does; 'aotkv top --help'

        -p, --port=NUM            TCP port (default: 11211; 0 picks a free one and prints it)
        -U, --udp-port=NUM        UDP port (default: 0, off; -1 picks a free one and prints it)
        -l, --listen=ADDR         where to listen: HOST, HOST:PORT, [IPV6]:PORT or * for every address;
                                  several with commas or repeated (default: loopback only); with -Z, notls:, btls:
                                  or mtls: in front for no TLS, none or a certificate of each client
        -s, --unix-socket=FILE    unix socket to listen on; no TCP then
        -a, --unix-mask=MODE      permissions of the unix socket, octal (default: 700)
        -m, --memory-limit=NUM    memory for items and their index in megabytes (default: 64);
                                  with k, m or g behind it, in that unit
        -M, --disable-evictions   answer an error when memory is full instead of dropping items
        -I, --max-item-size=SIZE  largest item in bytes; k, m or g behind it (default: 1m; 1k to 1g)
        -c, --conn-limit=NUM      client connections at once (default: 1024)
        -t, --threads=NUM         event loops (default: the number of cores)
        -R, --max-reqs-per-event=NUM
                                  requests of one connection before others have their turn (default: 20)
        -b, --listen-backlog=NUM  connections waiting to be accepted (default: 1024)
        -B, --protocol=NAME       auto, ascii or binary (default: auto)
        -S, --enable-sasl         binary connections log in by SASL PLAIN; the passwords are those of -Y, or of the
                                  file that MEMCACHED_SASL_PWDB names
        -Y, --auth-file=FILE      text connections log in with a set; lines of name:password, read again on SIGHUP
        -Z, --enable-ssl          TLS on every TCP port; needs -o ssl_chain_cert=FILE and -o ssl_key=FILE
        -F, --disable-flush-all   refuse the flush_all command
        -A, --enable-shutdown     allow the shutdown command
        --data-dir=DIR            keep items on disk in DIR, over restarts and crashes
        --fsync=WHEN              always: replies wait until the write is on disk; NUM: every so many
                                  milliseconds (default: 1000); never: when the system likes
        --dead-space=PERCENT      what overwritten and deleted items may take of log and disk, in percent of
                                  the live ones, while there is room (default: 100; from 10 to 1000)
        --repair                  go on without what is lost when the log in DIR is damaged
        --http=HOST:PORT          serve HTTP too: transactions, keys, the change feed, health, metrics and
                                  a dashboard (default: off); with TLS when there is -Z, unless notls: stands before
        --http-feed=off           no change feed over HTTP, and none of its cost to writes (default: on)
        --http-tokens=FILE        HTTP requests need a bearer token; lines of NAME SHA256 SCOPE..., scopes read:NS,
                                  write:NS, admin:NS or with * for every namespace; read again on SIGHUP
        --http-limits=LIST        NAME=NUMBER with commas between: body, buffer, headers (bytes), requests,
                                  connections, streams (at once), rate (a second and client), stall (seconds)
        --http-log=FILE           a line for each HTTP request, without keys and values; - for standard error
        --http-cors=ORIGIN        pages of these origins, with commas between, may use the HTTP door
        --otlp=URL                send metrics to a collector of OpenTelemetry, such as http://localhost:4318
        --transport=NAME          what serves connections: epoll (Linux), pipelines (any system), or auto, which is
                                  epoll where there is one (default: auto)
        -e, --memory-file=FILE    the same as --data-dir=FILE.aotkv --fsync=never
        -d, --daemon              run in the background; returns when the server is ready
        -P, --pidfile=FILE        write the process id into FILE
        -u, --user=USER           user to become when started as root
        -v, --verbose             print errors and warnings; -vv also requests and replies
        -k, --lock-memory         keep memory out of the swap
        -L, --enable-largepages   ask the system for large pages
        -r, --enable-coredumps    leave a core file of any size after a crash
        -C, --disable-cas         give items no CAS id
        -X, --disable-dumping     refuse the commands that list keys
        -W, --disable-watch       refuse the watch command
        -D, --stat-key-prefix=CHAR
                                  what ends a key's prefix in 'stats detail' (default: a colon); turns it on
        -f, --slab-growth-factor=NUM, -n, --slab-min-size=NUM, -N, --napi-ids=NUM
                                  taken and checked for memcached's sake; no effect
        -o, --extended=LIST       options of memcached with commas between them; with an effect here:
                                  maxconns_fast, no_maxconns_fast, idle_timeout=SECONDS, track_sizes,
                                  read_buf_mem_limit=MB, watcher_logbuf_size=KB, worker_logbuf_size=KB;
                                  ssl_chain_cert=FILE, ssl_key=FILE, ssl_verify_mode=0..3 (none, request, require, once),
                                  ssl_keyformat=1|2 (PEM, DER), ssl_ciphers=LIST, ssl_ca_cert=FILE, ssl_wbuf_size=KB,
                                  ssl_session_cache, ssl_kernel_tls, ssl_min_version=0..3 (TLS 1.0 to 1.3; default: 2);
                                  those for slabs, LRU and hash table are taken and checked only
        --memcached-conf=FILE     options from a file as Debian's /etc/memcached.conf
        -h, --help                this text
        -i, --license             the license
        -V, --version             the version

        SIGTERM, SIGINT and SIGUSR1 stop the server after it has answered what it received.
        Exit codes: 0 success, 1 failure, 64 wrong usage, 65 damaged log, 67 no such user, 71 cannot listen,
        74 data directory cannot be used.

        """;

    public const string License = """
        AotKv is free software under the MIT license.
        Copyright (c) 2026 The AotKv authors

        """;

    public static string Version => $"aotkv {ServerVersion.Own} (answers as memcached {ServerVersion.Memcached})\n";
}
