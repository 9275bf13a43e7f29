using System.Text;
using AotKv.Server.Tests.Support;

namespace AotKv.Server.Tests.Sessions;

/// <summary>Replies must not depend on how the bytes arrive, on the room for replies, or on the budget.</summary>
public sealed class SessionCutTests
{
    public static TheoryData<string> Names => [.. Conversations.All.Select(conversation => conversation.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Process_whole_input_gives_the_replies(string name)
    {
        using SessionFixture fixture = new();
        Conversation conversation = Find(name);
        Assert.Equal(conversation.Replies, Play(fixture, conversation, new(), []));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Process_input_cut_in_every_pair_of_places_gives_the_same_replies(string name)
    {
        using SessionFixture fixture = new();
        Conversation conversation = Find(name);
        for (int first = 1; first < conversation.Input.Length; first++)
        {
            for (int second = first; second < conversation.Input.Length; second++)
            {
                string replies = Play(fixture, conversation, new(), [first, second]);
                Assert.True(conversation.Replies == replies, $"cut at {first} and {second}: {replies}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Process_byte_by_byte_with_little_room_gives_the_same_replies(string name)
    {
        using SessionFixture fixture = new();
        Conversation conversation = Find(name);
        Style[] styles =
        [
            new(Room: 2 * ServerLimits.MinReplyRoomBytes), new(Room: 2 * ServerLimits.MinReplyRoomBytes, Budget: 1),
            new(Budget: 1), new(Budget: 2), new(IsDirect: true),
        ];
        foreach (Style style in styles)
        {
            Assert.Equal(conversation.Replies, Play(fixture, conversation, style, []));
            Assert.Equal(conversation.Replies, Play(fixture, conversation, style, [.. Enumerable.Range(1, conversation.Input.Length - 1)]));
        }
    }

    private static Conversation Find(string name) => Conversations.All.Single(conversation => conversation.Name == name);

    private static string Play(SessionFixture fixture, Conversation conversation, Style style, int[] cuts)
    {
        fixture.Ask("flush_all\r\n");
        using SessionDriver driver = style.Connect(fixture);
        byte[] input = Encoding.Latin1.GetBytes(conversation.Input);
        StringBuilder replies = new();
        int start = 0;
        foreach (int end in (int[])[.. cuts, input.Length])
        {
            replies.Append(driver.Send(input.AsSpan(start..end)));
            start = end;
        }

        Assert.True(driver.IsClosed || driver.Held == 0);
        return Conversations.WithoutCas(replies.ToString());
    }

    private sealed record Style(int Room = ServerLimits.ReplyBufferBytes, int Budget = int.MaxValue, bool IsDirect = false)
    {
        public SessionDriver Connect(SessionFixture fixture) =>
            new(new(fixture.Host, id: 9)) { Room = Room, Budget = Budget, IsDirect = IsDirect };
    }
}
