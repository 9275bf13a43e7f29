using AotKv.Perf.Measure;

namespace AotKv.Perf.Wire;

/// <summary>
/// Reads the replies of one protocol on one connection, in whatever pieces they come, and holds them against the requests of
/// the tape. A struct, so that the driver's loop is compiled for it; its default is the start of a connection.
/// </summary>
public interface IReplyScanner
{
    /// <summary>Bytes at most that <see cref="Scan"/> leaves.</summary>
    static abstract int MaxLeftover { get; }

    /// <summary>Takes in as much as it can.</summary>
    /// <param name="input">The bytes left over from the last call and the ones that have come since.</param>
    /// <param name="expected">The requests that wait for a reply; moved on behind the answered ones.</param>
    /// <param name="tally">Counts what was answered.</param>
    /// <returns>
    /// Bytes consumed. The rest, the beginning of a line, is at most <see cref="MaxLeftover"/> bytes and must come again at the
    /// front of the next input.
    /// </returns>
    /// <exception cref="ReplyException">The bytes are no reply to the request that waits.</exception>
    int Scan(ReadOnlySpan<byte> input, ref Expected expected, Tally tally);
}
