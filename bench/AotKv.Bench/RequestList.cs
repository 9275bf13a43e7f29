using AotKv.Micro;

namespace AotKv.Bench;

/// <summary>Writes the request, or part of one, for a key.</summary>
/// <param name="keys">The keys.</param>
/// <param name="index">Which key.</param>
/// <param name="room">Where to write.</param>
/// <returns>Bytes written.</returns>
internal delegate int RequestWriter(KeySet keys, int index, Span<byte> room);

/// <summary>
/// Requests for every key, one behind the other in memory, handed out in inputs of several keys: first in one random order, then in
/// the other (a log that was written in one order must not be asked in the same).
/// </summary>
internal sealed class RequestList
{
    private const int MaxRequestBytes = 160;
    private const int Orders = 2;

    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private int _next;

    public RequestList(KeySet keys, RequestWriter writer, int keysPerInput)
    {
        _bytes = new byte[(long)Orders * keys.Count * MaxRequestBytes];
        _ends = new int[Orders * (keys.Count / keysPerInput)];
        int end = 0;
        for (int order = 0; order < Orders; order++)
        {
            for (int i = 0; i < keys.Count; i++)
            {
                end += writer(keys, i, _bytes.AsSpan(end));
                _ends[((order * keys.Count) + i) / keysPerInput] = end;
            }

            keys.TurnOrder();
        }
    }

    /// <summary>The next input; after the last the first again.</summary>
    public ReadOnlySpan<byte> Next()
    {
        int index = _next;
        int start = index == 0 ? 0 : _ends[index - 1];
        _next = index + 1 == _ends.Length ? 0 : index + 1;
        return _bytes.AsSpan(start, _ends[index] - start);
    }
}
