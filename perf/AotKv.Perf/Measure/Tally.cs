namespace AotKv.Perf.Measure;

/// <summary>What was answered. One writer; another thread may read a count that is a moment old.</summary>
public sealed class Tally
{
    public long Requests;
    public long Hits;
    public long Misses;
    public long Stored;
    public long NotStored;
    public long Deleted;
    public long Touched;
    public long Counted;
    public long NotFound;
    public long Errors;
    public long ValueBytes;
    public long VerifiedValues;

    /// <summary>The first error line a server sent.</summary>
    public string? FirstError { get; set; }

    /// <summary>Counts a server's error line.</summary>
    /// <param name="line">The line without its end.</param>
    public void AddError(ReadOnlySpan<byte> line)
    {
        Errors++;
        FirstError ??= System.Text.Encoding.Latin1.GetString(line);
    }

    /// <summary>Adds another tally, or takes it away.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="sign">1 or -1.</param>
    public void Add(Tally other, int sign = 1)
    {
        Requests += sign * other.Requests;
        Hits += sign * other.Hits;
        Misses += sign * other.Misses;
        Stored += sign * other.Stored;
        NotStored += sign * other.NotStored;
        Deleted += sign * other.Deleted;
        Touched += sign * other.Touched;
        Counted += sign * other.Counted;
        NotFound += sign * other.NotFound;
        Errors += sign * other.Errors;
        ValueBytes += sign * other.ValueBytes;
        VerifiedValues += sign * other.VerifiedValues;
        FirstError ??= other.FirstError;
    }

    /// <summary>A copy as it stands.</summary>
    public Tally Copy()
    {
        var copy = new Tally();
        copy.Add(this);
        return copy;
    }
}
