using System.Diagnostics;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Server.Sessions;

/// <summary>How a step of a long reply ended.</summary>
internal enum LongReplyState : byte
{
    /// <summary>The room is used up.</summary>
    Full,

    /// <summary>There is more to do; others should have their turn first.</summary>
    More,

    /// <summary>Everything was written.</summary>
    Done,
}

/// <summary>
/// A reply that is made in steps, each a bounded part of the work whose text is handed out before the next, so that neither its length nor
/// the number of items it is about holds up a loop or takes memory. For operators' commands: it allocates.
/// </summary>
internal abstract class LongReply : IDisposable
{
    private int _sent;
    private bool _isDone;

    /// <summary>Text of the step, not yet handed out.</summary>
    protected ArrayPoolBufferWriter<byte> Text { get; } = new();

    /// <summary>Does one step at most, and writes what fits.</summary>
    public LongReplyState Step(ref ReplyWriter writer)
    {
        bool worked = false;
        while (true)
        {
            ReadOnlySpan<byte> rest = Text.WrittenSpan[_sent..];
            int part = Math.Min(rest.Length, writer.Room);
            writer.Write(rest[..part]);
            _sent += part;
            if (part < rest.Length)
            {
                return LongReplyState.Full;
            }

            Text.Clear();
            _sent = 0;
            if (_isDone || worked)
            {
                return _isDone ? LongReplyState.Done : LongReplyState.More;
            }

            _isDone = !Work();
            worked = true;
        }
    }

    /// <summary>Gives its memory back, whether it came to its end or not.</summary>
    public virtual void Dispose()
    {
        Debug.Assert(_sent <= Text.WrittenCount, "sends what was written");
        Text.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the next part of the work, some tens of microseconds, and writes its text.</summary>
    /// <returns>False when that was the last.</returns>
    protected abstract bool Work();
}

/// <summary>A long reply that is made at once.</summary>
internal sealed class TextReply : LongReply
{
    /// <summary>Where to write it, before it is handed out.</summary>
    public ArrayPoolBufferWriter<byte> Output => Text;

    protected override bool Work() => false;
}
