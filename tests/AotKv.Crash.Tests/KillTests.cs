using System.Globalization;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Crash.Tests;

/// <summary>
/// The native binary is killed at random moments under load, several times on the same directory, and started again: nothing that was
/// answered is lost, nothing old or torn comes back. AOTKV_CRASH_ROUNDS sets how many kills (default 12), AOTKV_SEED the first seed.
/// </summary>
public sealed class KillTests
{
    private const int Workers = 5;
    private const int LivesPerDirectory = 4;
    private const int LongestLifeMilliseconds = 350;

    private static readonly Setting[] Settings =
    [
        new("always", 128, Evicts: false, IsTight: false, LargestValue: 900_000),
        new("50", 128, Evicts: false, IsTight: false, LargestValue: 900_000),
        new("never", 128, Evicts: false, IsTight: false, LargestValue: 900_000),
        new("50", 8, Evicts: true, IsTight: false, LargestValue: 300_000),
        new("never", 96, Evicts: false, IsTight: false, LargestValue: 6_000),
        new("always", 8, Evicts: false, IsTight: true, LargestValue: 300_000),
        new("never", 8, Evicts: false, IsTight: true, LargestValue: 300_000),
        new("never", 8, Evicts: true, IsTight: false, LargestValue: 300_000),
    ];

    [Fact]
    public void What_was_answered_survives_any_kill()
    {
        int rounds = Number("AOTKV_CRASH_ROUNDS", 12);
        int seed = Number("AOTKV_SEED", Random.Shared.Next(1_000_000));
        TestContext.Current.TestOutputHelper?.WriteLine($"AOTKV_SEED={seed.ToString(CultureInfo.InvariantCulture)}");
        int kills = 0;
        for (int run = 0; kills < rounds; run++)
        {
            Setting setting = Settings[run % Settings.Length];
            kills += RunDirectory(setting, seed + run, Math.Min(LivesPerDirectory, rounds - kills));
        }
    }

    private static int Number(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : usual;

    private static int RunDirectory(Setting setting, int seed, int lives)
    {
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        string[] arguments = setting.Arguments(folder.File("data"));
        Worker[] workers = [.. Enumerable.Range(0, Workers).Select(number => new Worker(number, (seed * 100) + number, setting))];
        ulong shared = 0;
        using (ServerProcess first = ServerProcess.Start(ServerProgram.AotKv, arguments))
        {
            using var connection = new TextConnection(first.EndPoint);
            connection.Send($"set {Worker.SharedKey} 0 0 1\r\n0\r\n");
            Assert.Equal("STORED", connection.ReadLine());
        }

        for (int life = 0; life < lives; life++)
        {
            string where = $"AOTKV_SEED={seed} {setting} life {life}";
            if (random.Next(3) == 0)
            {
                KillInRecovery(arguments, random);
            }

            using ServerProcess server = ServerProcess.Start(ServerProgram.AotKv, arguments);
            Array.ForEach(workers, worker => worker.Verify(server.EndPoint, where));
            shared = VerifyShared(server, workers, shared, setting, where);
            Load(server, workers, random.Next(5, LongestLifeMilliseconds), where);
        }

        using ServerProcess last = ServerProcess.Start(ServerProgram.AotKv, arguments);
        Array.ForEach(workers, worker => worker.Verify(last.EndPoint, $"AOTKV_SEED={seed} {setting} at the end"));
        Assert.True(workers.Sum(worker => worker.Answered) > 0, "no request was answered");
        return lives;
    }

    /// <summary>All clients at once, until the kill.</summary>
    private static void Load(ServerProcess server, Worker[] workers, int milliseconds, string where)
    {
        var failures = new List<Exception>();
        Thread[] threads = [.. workers.Select(worker => new Thread(() =>
        {
            try
            {
                worker.Run(server.EndPoint);
            }
            catch (System.Net.Sockets.SocketException)
            {
                // It was killed before the connection stood.
            }
            catch (Exception error)
            {
                lock (failures)
                {
                    failures.Add(error);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Thread.Sleep(milliseconds);
        server.Signal("KILL");
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.Count == 0, $"{where}: {string.Join('\n', failures.Select(error => error.Message))}\n{server.Output}");
    }

    /// <summary>Every addition counts once: answers differ, and the sum is between those answered and those sent.</summary>
    private static ulong VerifyShared(ServerProcess server, Worker[] workers, ulong before, Setting setting, string where)
    {
        if (!setting.HasCertainAnswers)
        {
            return 0;
        }

        using var connection = new TextConnection(server.EndPoint);
        Entry? entry = connection.Get(Worker.SharedKey).Entry;
        Assert.NotNull(entry);
        ulong now = ulong.Parse(System.Text.Encoding.Latin1.GetString(entry.Value), CultureInfo.InvariantCulture);
        List<ulong> answers = [.. workers.SelectMany(worker => worker.SharedAnswers)];
        Assert.Equal(answers.Count, answers.Distinct().Count());
        ulong least = Math.Max(before, answers.Count == 0 ? 0 : answers.Max());
        Assert.True(now >= least, $"{where}: the shared counter was answered to be {least} and is {now}");
        Assert.True(now <= before + (ulong)answers.Count + (ulong)workers.Sum(worker => worker.LastSharedInFlight), $"{where}: the shared counter is {now}");
        Array.ForEach(workers, worker => worker.SharedAnswers.Clear());
        return now;
    }

    /// <summary>A kill while the log is read and settled.</summary>
    private static void KillInRecovery(string[] arguments, Random random)
    {
        using ServerProcess server = ServerProcess.StartPlain(
            ServerProgram.AotKv, ["-l", "127.0.0.1", "-p", ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture), .. arguments]);
        Thread.Sleep(random.Next(1, 60));
        server.Signal("KILL");
        Assert.NotNull(server.WaitForExit(TimeSpan.FromMinutes(1)));
    }
}
