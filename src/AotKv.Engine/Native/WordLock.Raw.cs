// Relies on: the lock word lies in memory that outlives every holder, and holders do bounded work, never wait and never throw.
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Native;

/// <summary>A lock that is one word: 3 ns when nobody else wants it. Not reentrant.</summary>
internal static unsafe class WordLock
{
    private const int SpinsOfTurn = 8; // about 0.1 to 0.3 us
    private const int TurnsBeforeYield = 300;

    /// <summary>Takes the lock.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Enter(int* word)
    {
        if (Interlocked.CompareExchange(ref *word, 1, 0) != 0)
        {
            Wait(word);
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEnter(int* word) => Interlocked.CompareExchange(ref *word, 1, 0) == 0;

    /// <summary>Gives the lock back.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Exit(int* word) => Volatile.Write(ref *word, 0);

    /// <summary>
    /// Never the 1 ms sleep: the holder's work is a few hundred nanoseconds, some microseconds for a transaction. And yielding only where it
    /// has plainly been descheduled: recent Linux takes a whole slice, milliseconds, from a thread that yields, so a few yields would keep
    /// it from its core long after the lock is free.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait(int* word)
    {
        int turns = Environment.ProcessorCount > 1 ? TurnsBeforeYield : 0;
        do
        {
            if (turns > 0)
            {
                turns--;
                Thread.SpinWait(SpinsOfTurn);
            }
            else
            {
                Thread.Yield();
            }
        }
        while (Volatile.Read(ref *word) != 0 || Interlocked.CompareExchange(ref *word, 1, 0) != 0);
    }
}
