namespace AotKv.Http;

/// <summary>Counts what is at work at once, up to a limit.</summary>
internal sealed class RequestGate
{
    private readonly int _limit;
    private int _count;

    public RequestGate(int limit) => _limit = limit;

    public int Count => Volatile.Read(ref _count);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= _limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
