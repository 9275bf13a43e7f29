namespace AotKv.Perf.Wire;

/// <summary>The requests of a connection that wait for replies: a stretch of a tape.</summary>
public struct Expected
{
    /// <summary>Begins with none.</summary>
    /// <param name="tape">The tape the connection sends from.</param>
    /// <param name="next">Where on it the connection begins.</param>
    /// <param name="verify">Check every key, flag and byte of every value.</param>
    public Expected(Tape tape, int next, bool verify)
    {
        Tape = tape;
        Next = next;
        Verify = verify;
    }

    /// <summary>The tape.</summary>
    public Tape Tape { get; }

    /// <summary>Check every key, flag and byte of every value.</summary>
    public bool Verify { get; }

    /// <summary>The request whose reply comes next.</summary>
    public int Next { get; private set; }

    /// <summary>How many wait.</summary>
    public int Waiting { get; private set; }

    /// <summary>Requests were queued for sending.</summary>
    /// <param name="count">How many.</param>
    public void Queued(int count) => Waiting += count;

    /// <summary>The next request was answered whole.</summary>
    public void Answered()
    {
        Waiting--;
        Next = Next + 1 == Tape.Count ? 0 : Next + 1;
    }
}
