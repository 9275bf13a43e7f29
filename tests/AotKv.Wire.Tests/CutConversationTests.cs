using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>The replies do not depend on how the requests are cut into packets.</summary>
public sealed class CutConversationTests(ServerSet servers) : IClassFixture<ServerSet>
{
    /// <summary>Several servers, because a run mostly waits between two pieces.</summary>
    private const int Servers = 6;

    private const int RandomPairs = 12;

    /// <summary>A write longer than twice this is cut at every place only near its ends.</summary>
    private const int EndsBytes = 100;

    /// <summary>Longer writes would take too long byte by byte.</summary>
    private const int LargestByteByByteBytes = 20_000;

    public static TheoryData<string, string> Rows =>
        ConversationFiles.Rows(conversation => conversation.NoCuts == null && !conversation.TakesTime && !conversation.IsUdp);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Conversation_cut_into_pieces_goes_as_when_whole(string file, string name)
    {
        var conversation = ConversationFiles.Find(file, name);
        var seed = Random.Shared.Next();
        var longest = LongestWriteBytes(conversation);

        var runs = Places(longest, seed).Select(Cuts.At)
            .Concat(Enumerable.Range(0, RandomPairs).Select(i => Cuts.RandomPair(seed + i)))
            .Concat(longest <= LargestByteByByteBytes ? [Cuts.EveryByte] : [])
            .ToArray();

        InParallel.Run(Servers, server =>
        {
            for (var i = server; i < runs.Length; i += Servers)
                ConversationTarget.TalkToAotKv(conversation, servers, runs[i], server);
        });
    }

    private static IEnumerable<int> Places(int longest, int seed)
    {
        if (longest <= 2 * EndsBytes)
            return Enumerable.Range(1, Math.Max(longest - 1, 0));

        var random = new Random(seed);
        return Enumerable.Range(1, EndsBytes)
            .Concat(Enumerable.Range(0, RandomPairs).Select(_ => random.Next(EndsBytes, longest - EndsBytes)))
            .Concat(Enumerable.Range(longest - EndsBytes, EndsBytes));
    }

    private static int LongestWriteBytes(Conversation conversation)
    {
        var longest = 0;
        var gathered = 0;
        foreach (var step in conversation.Steps)
        {
            gathered = step is Send send ? gathered + send.Payload.AboutBytes : 0;
            longest = Math.Max(longest, gathered);
        }

        return longest;
    }
}
