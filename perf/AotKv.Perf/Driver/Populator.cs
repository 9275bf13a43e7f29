using AotKv.Perf.Measure;
using AotKv.Perf.Net;
using AotKv.Perf.Wire;

namespace AotKv.Perf.Driver;

/// <summary>Stores every key of a scenario once, over one pipelined connection.</summary>
internal static class Populator
{
    /// <summary>Stores the keys.</summary>
    /// <param name="options">The server and the scenario.</param>
    /// <param name="writer">Encodes them.</param>
    /// <exception cref="ReplyException">The server did not store one of them.</exception>
    public static void Run<TScanner>(LoadOptions options, TapeWriter writer)
        where TScanner : struct, IReplyScanner
    {
        using INetwork network = INetwork.Create(options.PortableNetwork, options.Secured);
        using Tape tape = writer.EmptyForSets();
        var tally = new Tally();
        var channel = new Channel<TScanner>(network, options.Target.Connect(), tape, 0, verify: false);
        byte[] buffer = new byte[64 << 10];
        var ready = new Ready[1];
        uint next = 0;
        while (next < options.Scenario.Keys.Count)
        {
            next = writer.WriteSets(tape, next);
            channel.Rewind(tape, 0, verify: false);
            channel.Queue(tape.Count);
            channel.Flush();
            while (channel.Waiting > 0)
            {
                if (network.Wait(ready, 10_000) == 0)
                {
                    throw new ReplyException($"no reply for 10 s while storing the keys below {next}", default);
                }

                if (ready[0].Writable)
                {
                    channel.Flush();
                }

                bool more = ready[0].Readable;
                while (more)
                {
                    channel.Receive(buffer, tally, out more);
                }
            }
        }

        uint count = options.Scenario.Keys.Count;
        if (tally.Stored != count)
        {
            string why = tally.FirstError ?? "not stored";
            throw new ReplyException($"{count - tally.Stored} of {count} keys could not be stored ({why})", default);
        }
    }
}
