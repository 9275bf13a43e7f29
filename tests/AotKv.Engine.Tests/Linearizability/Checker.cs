namespace AotKv.Engine.Tests.Linearizability;

/// <summary>
/// Whether a history of one register could have happened one operation after the other, each at some moment between its beginning and its
/// end. The search of Wing and Gong (Testing and Verifying Concurrent Objects, 1993) with the memory of Lowe (2017): a set of operations
/// done and a value that were reached before are not tried again. A set is remembered by 128 random bits per operation, added up.
/// </summary>
internal sealed class Checker
{
    private readonly Event[] _events;
    private readonly int[] _next; // moments in order: 2 i + 1 is the beginning of event i, 2 i + 2 its end, 0 stands before all
    private readonly int[] _previous;

    private Checker(Event[] events)
    {
        _events = events;
        _next = new int[(events.Length * 2) + 2];
        _previous = new int[(events.Length * 2) + 2];
        int last = 0;
        foreach (int moment in Enumerable.Range(1, events.Length * 2).OrderBy(TimeOf).ThenBy(moment => moment & 1 ^ 1))
        {
            (_next[last], _previous[moment]) = (moment, last);
            last = moment;
        }
    }

    /// <summary>Checks a history that begins with a value.</summary>
    public static bool IsLinearizable(Event[] history, long? initial) => new Checker(history).Search(initial);

    private bool Search(long? value)
    {
        var random = new Random(1);
        (ulong A, ulong B)[] marks = [.. _events.Select(_ => ((ulong)random.NextInt64(), (ulong)random.NextInt64()))];
        (ulong A, ulong B) done = default;
        var seen = new HashSet<((ulong A, ulong B) Done, long? Value)>();
        var path = new Stack<(int Event, long? Before)>();
        int moment = _next[0];
        while (_next[0] != 0)
        {
            int one = (moment - 1) / 2;
            bool isBeginning = (moment & 1) == 1;
            if (isBeginning)
            {
                (ulong A, ulong B) with = (done.A ^ marks[one].A, done.B ^ marks[one].B);
                if (_events[one].TryApply(value, out long? after) && seen.Add((with, after)))
                {
                    path.Push((one, value));
                    (value, done) = (after, with);
                    Unlink((one * 2) + 1);
                    Unlink((one * 2) + 2);
                    moment = _next[0];
                }
                else
                {
                    moment = _next[moment];
                }
            }
            else if (path.TryPop(out (int Event, long? Before) last))
            {
                // An operation ends here, and found no place before: the choice made last was wrong.
                value = last.Before;
                done = (done.A ^ marks[last.Event].A, done.B ^ marks[last.Event].B);
                Link((last.Event * 2) + 2);
                Link((last.Event * 2) + 1);
                moment = _next[(last.Event * 2) + 1];
            }
            else
            {
                return false;
            }
        }

        return true;
    }

    private long TimeOf(int moment) => (moment & 1) == 1 ? _events[(moment - 1) / 2].Begin : _events[(moment - 1) / 2].End;

    private void Unlink(int moment)
    {
        _next[_previous[moment]] = _next[moment];
        if (_next[moment] != 0)
        {
            _previous[_next[moment]] = _previous[moment];
        }
    }

    private void Link(int moment)
    {
        _next[_previous[moment]] = moment;
        if (_next[moment] != 0)
        {
            _previous[_next[moment]] = moment;
        }
    }
}
