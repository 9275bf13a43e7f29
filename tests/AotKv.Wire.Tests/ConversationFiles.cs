using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>All conversations of the <c>conversations</c> folder.</summary>
internal static class ConversationFiles
{
    private static readonly Lazy<IReadOnlyList<Conversation>> Read = new(() =>
    [
        .. Directory.EnumerateFiles(Repository.TestFile("conversations"), "*.conv")
            .Order(StringComparer.Ordinal)
            .SelectMany(file => ConversationReader.Read(Path.GetFileName(file), File.ReadLines(file))),
    ]);

    /// <summary>All conversations, by file name and then as they stand there.</summary>
    public static IReadOnlyList<Conversation> All => Read.Value;

    /// <summary>One conversation.</summary>
    public static Conversation Find(string file, string name) =>
        All.Single(conversation => conversation.File == file && conversation.Name == name);

    /// <summary>Rows for a theory.</summary>
    public static TheoryData<string, string> Rows(Func<Conversation, bool> choose)
    {
        var rows = new TheoryData<string, string>();
        foreach (var conversation in All.Where(choose))
            rows.Add(conversation.File, conversation.Name);
        return rows;
    }
}
