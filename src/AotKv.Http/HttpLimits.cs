namespace AotKv.Http;

/// <summary>What the HTTP door allows. Every limit is answered with a status and a JSON error when it is passed.</summary>
public sealed record HttpLimits
{
    /// <summary>Largest body of a request, bytes, 1 KiB to 2,000 MiB; 0, the default, for what the largest item needs (at least 16 MiB).</summary>
    public long BodyBytes { get; init; }

    /// <summary>Bytes that bodies and replies of all requests may hold at once, beyond the 64 KiB each that are not counted; default 128 MiB.</summary>
    public long BufferBytes { get; init; } = 128L << 20;

    /// <summary>Requests that are worked on at once, 1 to 65,536; default 256. One more is answered 503.</summary>
    public int Requests { get; init; } = 256;

    /// <summary>Connections at once, 1 to 65,536; default 1,024. One more is answered 503 and closed.</summary>
    public int Connections { get; init; } = 1024;

    /// <summary>Readers of the feed at once, long polls included, 0 to 65,536; default 128. One more is answered 503.</summary>
    public int Streams { get; init; } = 128;

    /// <summary>Requests a second of one client address, averaged, with bursts of as many; 0, the default, for no limit. One more is answered 429.</summary>
    public int RequestsPerSecond { get; init; }

    /// <summary>Bytes of a request's headers, 1 KiB to 60 KiB; default 16 KiB.</summary>
    public int HeaderBytes { get; init; } = 16 << 10;

    /// <summary>How long a client may leave what was sent to it, the feed or the next 48 KiB of a reply, untaken before it is cut off, seconds, 1 to 3,600; default 30.</summary>
    public int StallSeconds { get; init; } = 30;

    /// <summary>How long a stopping door waits for requests at work, milliseconds; default 5,000.</summary>
    public int StopMilliseconds { get; init; } = 5000;

    /// <summary>Every value out of range, in words that say what to do.</summary>
    public IReadOnlyList<string> Check()
    {
        List<string> mistakes = [];
        Expect(BodyBytes, BodyBytes == 0 ? 0 : 1024, 2000L << 20, "body", "bytes");
        Expect(BufferBytes, 1 << 20, 1L << 40, "buffer", "bytes");
        Expect(Requests, 1, 1 << 16, "requests", "at once");
        Expect(Connections, 1, 1 << 16, "connections", "at once");
        Expect(Streams, 0, 1 << 16, "streams", "at once");
        Expect(RequestsPerSecond, 0, 1_000_000, "rate", "requests a second");
        Expect(HeaderBytes, 1024, 60 << 10, "headers", "bytes");
        Expect(StallSeconds, 1, 3600, "stall", "seconds");
        return mistakes;

        void Expect(long value, long least, long most, string name, string unit)
        {
            if (value < least || value > most)
            {
                mistakes.Add($"the HTTP limit {name} must be {least} to {most} {unit}, not {value}");
            }
        }
    }
}
