using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace AotKv.Http.Security;

/// <summary>So many requests a second for each client address, with bursts of as many. An IPv6 client is its network of 64 bits.</summary>
internal sealed class RateLimit
{
    /// <summary>With more addresses than this those that have rested are forgotten.</summary>
    private const int MostClients = 16_384;

    private readonly double _perSecond;
    private readonly ConcurrentDictionary<UInt128, Bucket> _clients = new();

    public RateLimit(int requestsPerSecond) => _perSecond = requestsPerSecond;

    public bool TryTake(IPAddress? address)
    {
        if (_clients.Count > MostClients)
        {
            Forget();
        }

        Bucket bucket = _clients.GetOrAdd(KeyOf(address), static (_, limit) => new Bucket(limit), _perSecond);
        return bucket.TryTake(_perSecond);
    }

    private void Forget()
    {
        foreach ((UInt128 key, Bucket bucket) in _clients)
        {
            if (bucket.IsFull(_perSecond))
            {
                _clients.TryRemove(key, out _);
            }
        }
    }

    private static UInt128 KeyOf(IPAddress? address)
    {
        if (address == null)
        {
            return 0;
        }

        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        _ = address.TryWriteBytes(bytes, out _);
        UInt128 key = System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? key >> 64 << 64 | 1 : key;
    }

    private sealed class Bucket(double tokens)
    {
        private readonly Lock _lock = new();
        private double _tokens = tokens;
        private long _filled = Stopwatch.GetTimestamp();

        public bool TryTake(double perSecond)
        {
            lock (_lock)
            {
                Fill(perSecond);
                if (_tokens < 1)
                {
                    return false;
                }

                _tokens--;
                return true;
            }
        }

        public bool IsFull(double perSecond)
        {
            lock (_lock)
            {
                Fill(perSecond);
                return _tokens >= perSecond;
            }
        }

        private void Fill(double perSecond)
        {
            long now = Stopwatch.GetTimestamp();
            _tokens = Math.Min(perSecond, _tokens + (Stopwatch.GetElapsedTime(_filled, now).TotalSeconds * perSecond));
            _filled = now;
        }
    }
}
