using System.Globalization;
using System.Runtime.InteropServices;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Crash.Tests;

/// <summary>
/// The power lost on a real file system: ext4 on a loop device is shut down under load, without its journal being flushed, so that exactly
/// what was not synced is gone. AOTKV_POWER_LOSS sets how often; without it the test is skipped, since it takes root and a loop device.
/// </summary>
public sealed partial class PowerLossTests
{
    private const int Workers = 4;
    private const string Switch = "AOTKV_POWER_LOSS";

    [Fact]
    public void What_was_answered_under_always_survives_the_loss_of_power()
    {
        string? said = Environment.GetEnvironmentVariable(Switch);
        Assert.SkipUnless(int.TryParse(said, CultureInfo.InvariantCulture, out int rounds), $"{Switch} is not set (it takes root and a loop device)");
        int seed = Random.Shared.Next(1_000_000);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}"));
        var random = new Random(seed);
        var setting = new Setting("always", 64, Evicts: false, IsTight: false, LargestValue: 300_000);
        Worker[] workers = [.. Enumerable.Range(0, Workers).Select(number => new Worker(number, seed + number, setting) { EndsAtErrors = true })];
        using var folder = new TemporaryFolder();
        string image = folder.File("disk"), mount = folder.File("mount");
        Directory.CreateDirectory(mount);
        Run("truncate", "-s", "256M", image);
        Run("mkfs.ext4", "-q", "-F", image);
        for (int round = 0; round < rounds; round++)
        {
            string where = string.Create(CultureInfo.InvariantCulture, $"seed {seed} round {round}");
            Run("mount", "-o", "loop", image, mount);
            try
            {
                OneLife(workers, setting.Arguments(Path.Combine(mount, "new", "data")), mount, random.Next(30, 600), where);
            }
            finally
            {
                Run("umount", mount);
            }
        }
    }

    /// <summary>Checks what is left of the life before, works for a while, and loses the power.</summary>
    private static void OneLife(Worker[] workers, string[] arguments, string mount, int milliseconds, string where)
    {
        using ServerProcess server = ServerProcess.Start(ServerProgram.AotKv, arguments);
        Array.ForEach(workers, worker => worker.Verify(server.EndPoint, where));
        using (var connection = new TextConnection(server.EndPoint))
        {
            Assert.True(connection.Send($"add {Worker.SharedKey} 0 0 1\r\n0\r\n"));
            Assert.NotNull(connection.ReadLine());
        }

        var failures = new List<Exception>();
        Thread[] threads = [.. workers.Select(worker => new Thread(() =>
        {
            try
            {
                worker.Run(server.EndPoint);
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
        ShutDown(mount);
        Thread.Sleep(50);
        server.Signal("KILL");
        server.WaitForExit(TimeSpan.FromMinutes(1));
        Array.ForEach(threads, thread => thread.Join());
        Assert.True(failures.Count == 0, $"{where}: {string.Join('\n', failures.Select(error => error.Message))}");
        Assert.True(workers.Sum(worker => worker.Answered) > 0, "no request was answered");
    }

    private static void Run(string program, params string[] arguments)
    {
        (int code, string output) = Programs.Run(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)}: {output}");
    }

    /// <summary>EXT4_IOC_SHUTDOWN without flushing the journal: from now on nothing reaches the disk.</summary>
    private static void ShutDown(string mount)
    {
        const ulong Request = 0x8004587D; // _IOR('X', 125, u32)
        uint withoutFlush = 2;
        int descriptor = Open(mount, 0x10000 /* O_DIRECTORY on x64 */, 0);
        Assert.True(descriptor >= 0, "the mount cannot be opened");
        int result = Control(descriptor, Request, ref withoutFlush);
        _ = Close(descriptor);
        Assert.True(result == 0, "the file system cannot be shut down");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(int descriptor, ulong request, ref uint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
