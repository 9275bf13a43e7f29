using System.Collections.Concurrent;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Every conversation with the native binary.</summary>
public sealed class AotKvConversationTests(ServerSet servers, TimedConversations timed)
    : IClassFixture<ServerSet>, IClassFixture<TimedConversations>
{
    public static TheoryData<string, string> Rows => ConversationFiles.Rows(_ => true);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Conversation_with_aotkv_goes_as_written(string file, string name)
    {
        var conversation = ConversationFiles.Find(file, name);
        if (conversation.TakesTime)
            timed.Run(conversation, ConversationFiles.All, (each, own) => ConversationTarget.TalkToAotKv(each, own, Cuts.None));
        else
            ConversationTarget.TalkToAotKv(conversation, servers, Cuts.None);
    }
}

/// <summary>The same conversations with memcached, where each allowed difference must really be one.</summary>
public sealed class MemcachedConversationTests(ServerSet servers, TimedConversations timed)
    : IClassFixture<ServerSet>, IClassFixture<TimedConversations>
{
    public static TheoryData<string, string> Rows => ConversationFiles.Rows(conversation => conversation.OnlyAotKv == null);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Conversation_with_memcached_differs_only_as_written(string file, string name)
    {
        var conversation = ConversationFiles.Find(file, name);
        if (conversation.TakesTime)
            timed.Run(conversation, ConversationFiles.All.Where(each => each.OnlyAotKv == null), ConversationTarget.TalkToMemcached);
        else
            ConversationTarget.TalkToMemcached(conversation, servers);
    }
}

/// <summary>
/// The conversations that wait for time to pass. They wait together, each with a server of its own; a test then only
/// asks how its conversation went.
/// </summary>
public sealed class TimedConversations : IDisposable
{
    private readonly ConcurrentDictionary<Conversation, Lazy<Task>> _runs = new();
    private readonly ConcurrentBag<ServerSet> _servers = [];

    /// <summary>The end of one conversation. The first call begins all of them.</summary>
    internal void Run(Conversation conversation, IEnumerable<Conversation> all, Action<Conversation, ServerSet> talk)
    {
        foreach (var each in all.Where(each => each.TakesTime))
            _ = _runs.GetOrAdd(each, _ => new Lazy<Task>(() => Begin(each, talk))).Value;
        _runs[conversation].Value.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var servers in _servers)
            servers.Dispose();
    }

    private Task Begin(Conversation conversation, Action<Conversation, ServerSet> talk)
    {
        var own = new ServerSet();
        _servers.Add(own);
        return Task.Factory.StartNew(
            () => talk(conversation, own), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
