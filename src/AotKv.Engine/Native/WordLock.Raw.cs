// Relies on: the lock word lies in memory that outlives every holder, and holders do bounded work, never wait and never throw.
using System.Runtime.CompilerServices;

namespace AotKv.Engine.Native;

/// <summary>A lock that is one word: 3 ns when nobody else wants it. Not reentrant.</summary>
internal static unsafe class WordLock
{
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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wait(int* word)
    {
        SpinWait spinner = default;
        do
        {
            // Never the 1 ms sleep: the holder's work is a few hundred nanoseconds unless it was descheduled.
            spinner.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref *word) != 0 || Interlocked.CompareExchange(ref *word, 1, 0) != 0);
    }
}
