using System.Globalization;
using System.Net;
using System.Text;

namespace AotKv.Crash.Tests;

/// <summary>
/// A client that alone writes its keys, and knows what each of them holds after the requests that were answered, and which requests were
/// not. Requests are sent some at a time, as clients pipeline them.
/// </summary>
internal sealed class Worker
{
    private const int Keys = 24;
    private const int MostInFlight = 12;
    private const int SharedDelta = 1;

    private readonly string _name;
    private readonly Random _random;
    private readonly Setting _setting;
    private readonly Dictionary<string, Entry?> _answered = [];
    private readonly Dictionary<string, Entry?> _sent = [];
    private readonly Dictionary<string, ulong> _cas = [];
    private readonly Queue<Operation> _inFlight = new();

    public Worker(int number, int seed, Setting setting)
    {
        _name = "w" + number.ToString(CultureInfo.InvariantCulture);
        _random = new Random(seed);
        _setting = setting;
    }

    /// <summary>The counter that all workers add to.</summary>
    public static string SharedKey => "shared";

    /// <summary>The disk is going to fail: an error is the end, and nothing from that request on was acknowledged.</summary>
    public bool EndsAtErrors { get; init; }

    /// <summary>Requests that were answered.</summary>
    public int Answered { get; private set; }

    /// <summary>Additions to the shared counter: what they made of it.</summary>
    public List<ulong> SharedAnswers { get; } = [];

    /// <summary>Additions to the shared counter that were sent and not answered.</summary>
    public int LastSharedInFlight { get; private set; }

    /// <summary>Sends requests and takes answers until the server is gone.</summary>
    public void Run(EndPoint server)
    {
        using var connection = new TextConnection(server);
        LastSharedInFlight = 0;
        var bytes = new List<byte>();
        while (true)
        {
            bytes.Clear();
            int count = _random.Next(1, MostInFlight);
            for (int i = 0; i < count; i++)
            {
                Add(bytes);
            }

            // Whether all of it was sent or not: the server may have got it.
            bool sent = connection.Send(bytes.ToArray());
            while (_inFlight.Count > 0)
            {
                if (connection.ReadLine() is not { } reply || (EndsAtErrors && reply.StartsWith("SERVER_ERROR", StringComparison.Ordinal)))
                {
                    LastSharedInFlight = _inFlight.Count(operation => operation.Key == SharedKey);
                    return;
                }

                Take(reply);
            }

            if (!sent)
            {
                return;
            }

            LearnCas(connection);
        }
    }

    /// <summary>
    /// Holds what a server has against what was answered: it must be the state after all that was answered and some of the first requests
    /// that were not. That is what holds from then on.
    /// </summary>
    public void Verify(EndPoint server, string where)
    {
        using var connection = new TextConnection(server);
        var seen = new Dictionary<string, Entry?>();
        for (int i = 0; i < Keys; i++)
        {
            (Entry? entry, ulong cas) = connection.Get(KeyName(i));
            seen[KeyName(i)] = entry;
            bool isCertain = _setting.HasCertainAnswers && _inFlight.All(operation => operation.Key != KeyName(i));
            Assert.True(
                !isCertain || !_cas.TryGetValue(KeyName(i), out ulong known) || known == cas, $"{where}: the CAS id of {KeyName(i)} has changed");
        }

        string? wrong = _setting.IsTight ? DifferenceWhereRefused(seen) : Difference(seen);
        string? first = wrong;
        while (wrong != null && !_setting.IsTight && _inFlight.TryDequeue(out Operation? operation))
        {
            _answered[operation.Key] = operation.After;
            wrong = Difference(seen);
        }

        Assert.True(wrong == null, $"{where}, {_name}: {first} after what was answered, and after all that was sent: {wrong}");
        _inFlight.Clear();
        _cas.Clear();
        _answered.Clear();
        _sent.Clear();
        foreach ((string key, Entry? entry) in seen)
        {
            _answered[key] = entry;
            _sent[key] = entry;
        }
    }

    private string KeyName(int i) => $"{_name}_{i.ToString(CultureInfo.InvariantCulture)}";

    private string? Difference(Dictionary<string, Entry?> seen)
    {
        foreach ((string key, Entry? entry) in seen)
        {
            Entry? known = _answered.GetValueOrDefault(key);
            if (!Entry.Same(known, entry) && !(_setting.Evicts && entry == null))
            {
                return $"{key} should hold {Entry.Describe(known)} and holds {Entry.Describe(entry)}";
            }
        }

        return null;
    }

    /// <summary>A set that is refused takes the old item away: of what was not answered, any may have been refused.</summary>
    private string? DifferenceWhereRefused(Dictionary<string, Entry?> seen)
    {
        foreach ((string key, Entry? entry) in seen)
        {
            Entry? known = _answered.GetValueOrDefault(key);
            Operation[] open = [.. _inFlight.Where(operation => operation.Key == key)];
            bool fits = Entry.Same(known, entry) || open.Any(operation => entry == null || Entry.Same(operation.After, entry));
            if (!fits)
            {
                return $"{key} should hold {Entry.Describe(known)} and holds {Entry.Describe(entry)}; {open.Length} requests were not answered";
            }
        }

        return null;
    }

    private void Take(string reply)
    {
        Operation operation = _inFlight.Dequeue();
        Answered++;
        if (operation.Key == SharedKey)
        {
            SharedAnswers.Add(ulong.Parse(reply, CultureInfo.InvariantCulture));
            return;
        }

        bool isRefused = _setting.IsTight && reply.StartsWith("SERVER_ERROR out of memory", StringComparison.Ordinal);
        Assert.True(isRefused || operation.IsRight(reply), $"{_name}: {operation.Key} was answered '{reply}', not '{operation.Reply}'");
        Entry? after = isRefused ? null : operation.After;
        _answered[operation.Key] = after;
        _cas.Remove(operation.Key);
        if (isRefused && _inFlight.All(other => other.Key != operation.Key))
        {
            _sent[operation.Key] = after;
        }
    }

    private void LearnCas(TextConnection connection)
    {
        if (_setting.HasCertainAnswers && _random.Next(4) == 0)
        {
            string key = KeyName(_random.Next(Keys));
            if (connection.Send($"gets {key}\r\n") && connection.ReadLine() is { } head)
            {
                string[] words = head.Split(' ');
                if (words[0] == "VALUE" && connection.Skip(int.Parse(words[3], CultureInfo.InvariantCulture) + 2) && connection.ReadLine() == "END")
                {
                    _cas[key] = ulong.Parse(words[4], CultureInfo.InvariantCulture);
                }
            }
        }
    }

    private void Add(List<byte> bytes)
    {
        string key = KeyName(_random.Next(Keys));
        Entry? now = _sent.GetValueOrDefault(key);
        int what = _setting.HasCertainAnswers ? _random.Next(20) : _random.Next(10);
        switch (what)
        {
            case < 8:
                Store(bytes, "set", key, new Entry((uint)_random.Next(3), Value()), "STORED");
                break;
            case < 10:
                Plain(bytes, $"delete {key}", key, null, _setting.HasCertainAnswers ? (now == null ? "NOT_FOUND" : "DELETED") : "NOT_FOUND|DELETED");
                break;
            case < 13:
                Count(bytes, key, now);
                break;
            case < 15 when now != null && now.Value.Length < 100_000:
                byte[] more = Value(200);
                bool isAppend = _random.Next(2) == 0;
                Send(bytes, $"{(isAppend ? "append" : "prepend")} {key} 0 0 {more.Length}", more);
                Expect(key, new Entry(now.Flags, isAppend ? [.. now.Value, .. more] : [.. more, .. now.Value]), "STORED");
                break;
            case 15:
                Plain(bytes, $"touch {key} {_random.Next(2) * 100_000}", key, now, now == null ? "NOT_FOUND" : "TOUCHED");
                break;
            case 16 when _cas.TryGetValue(key, out ulong cas) && _inFlight.All(operation => operation.Key != key):
                var next = new Entry(9, Value());
                bool isRight = _random.Next(3) > 0;
                Send(bytes, $"cas {key} 9 0 {next.Value.Length} {(isRight ? cas : cas + 1)}", next.Value);
                Expect(key, isRight ? next : now, isRight ? "STORED" : "EXISTS");
                break;
            case 17:
                Store(bytes, "add", key, now ?? new Entry(5, Value()), now == null ? "STORED" : "NOT_STORED");
                break;
            default:
                bytes.AddRange(Encoding.Latin1.GetBytes($"incr {SharedKey} {SharedDelta}\r\n"));
                _inFlight.Enqueue(new Operation(SharedKey, null, ""));
                break;
        }
    }

    private void Count(List<byte> bytes, string key, Entry? now)
    {
        string text = now == null ? "" : Encoding.Latin1.GetString(now.Value).TrimEnd(' ');
        if (text.Length is > 0 and < 15 && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
        {
            string sum = (number + 17).ToString(CultureInfo.InvariantCulture);
            Plain(bytes, $"incr {key} 17", key, now! with { Value = Encoding.Latin1.GetBytes(sum.PadRight(now.Value.Length)) }, sum);
        }
        else
        {
            Store(bytes, "set", key, new Entry(1, Encoding.Latin1.GetBytes(_random.Next(100_000).ToString(CultureInfo.InvariantCulture))), "STORED");
        }
    }

    private void Store(List<byte> bytes, string verb, string key, Entry entry, string reply)
    {
        Send(bytes, $"{verb} {key} {entry.Flags} 0 {entry.Value.Length}", entry.Value);
        Expect(key, entry, reply);
    }

    private void Plain(List<byte> bytes, string line, string key, Entry? after, string reply)
    {
        bytes.AddRange(Encoding.Latin1.GetBytes(line + "\r\n"));
        Expect(key, after, reply);
    }

    private static void Send(List<byte> bytes, string line, byte[] value)
    {
        bytes.AddRange(Encoding.Latin1.GetBytes(line + "\r\n"));
        bytes.AddRange(value);
        bytes.AddRange("\r\n"u8);
    }

    private void Expect(string key, Entry? after, string reply)
    {
        _inFlight.Enqueue(new Operation(key, after, reply));
        _sent[key] = after;
    }

    private byte[] Value(int most = 0) => Bytes(most != 0 ? _random.Next(most) : _random.Next(40) switch
    {
        0 => _random.Next(_setting.LargestValue),
        < 8 => _random.Next(Math.Min(20_000, _setting.LargestValue)),
        _ => _random.Next(300),
    });

    private byte[] Bytes(int length)
    {
        byte[] value = new byte[length];
        _random.NextBytes(value);
        return value;
    }
}
