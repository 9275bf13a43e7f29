namespace AotKv.Engine.Tests.Linearizability;

/// <summary>
/// Whether a history of one register could have happened one operation after the other, each at some moment between its beginning and its
/// end. The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of Lowe (2017): a set of operations
/// done and a value that were reached before are not tried again.
/// </summary>
internal static class Checker
{
    /// <summary>Checks a history that begins with a value.</summary>
    public static bool IsLinearizable(Event[] history, long? initial)
    {
        Event[] events = [.. history.OrderBy(one => one.Begin)];
        var seen = new HashSet<(int Prefix, string Ahead, long? Value)>();
        var stack = new Stack<(int Prefix, SortedSet<int> Ahead, long? Value)>();
        stack.Push((0, [], initial));
        while (stack.TryPop(out (int Prefix, SortedSet<int> Ahead, long? Value) state))
        {
            if (state.Prefix == events.Length)
            {
                return true;
            }

            // All before the prefix are done, and those ahead of it. The next one must have begun before every other that is left ended.
            long deadline = long.MaxValue;
            for (int i = state.Prefix; i < events.Length && events[i].Begin < deadline; i++)
            {
                if (state.Ahead.Contains(i))
                {
                    continue;
                }

                deadline = Math.Min(deadline, events[i].End);
                if (events[i].TryApply(state.Value, out long? after))
                {
                    (int prefix, SortedSet<int> ahead) = Advance(state.Prefix, state.Ahead, i);
                    if (seen.Add((prefix, string.Join(',', ahead), after)))
                    {
                        stack.Push((prefix, ahead, after));
                    }
                }
            }
        }

        return false;
    }

    private static (int Prefix, SortedSet<int> Ahead) Advance(int prefix, SortedSet<int> ahead, int done)
    {
        var next = new SortedSet<int>(ahead) { done };
        while (next.Remove(prefix))
        {
            prefix++;
        }

        return (prefix, next);
    }
}
