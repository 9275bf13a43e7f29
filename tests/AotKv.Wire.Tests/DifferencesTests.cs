using System.Text;
using AotKv.Wire.Tests.Scripting;
using AotKv.Wire.Tests.Servers;

namespace AotKv.Wire.Tests;

/// <summary>Every line on which aotkv and memcached may differ stands in one page.</summary>
public sealed class DifferencesTests
{
    private const string Page = "docs/differences.md";

    [Fact]
    public void Page_of_differences_says_what_the_conversations_say()
    {
        var file = Path.Combine(Repository.Root, Page);
        var wanted = Write();
        if (Environment.GetEnvironmentVariable("AOTKV_UPDATE_DOCS") == "1")
            File.WriteAllText(file, wanted);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == wanted, $"{Page} is out of date: run the Docs target.");
    }

    private static string Write()
    {
        var page = new StringBuilder();
        page.Append("""
            # Where aotkv and memcached answer differently

            Written by the Docs target from `tests/AotKv.Wire.Tests/conversations`; do not edit. The tests run every conversation
            against aotkv and against Debian's memcached (1.6.18), where each of these differences must really occur; 1.6.45 is
            compared by hand. Anything that is not listed here is the same.


            """);
        foreach (var file in ConversationFiles.All.GroupBy(conversation => conversation.File))
        {
            var rows = file.SelectMany(Rows).ToArray();
            if (rows.Length == 0)
                continue;
            page.Append($"## {file.Key}\n\n| conversation | after | server | aotkv says | it says | why |\n|---|---|---|---|---|---|\n");
            page.AppendJoin("", rows).Append('\n');
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static IEnumerable<string> Rows(Conversation conversation)
    {
        if (conversation.OnlyAotKv != null)
            yield return $"| {conversation.Name} | | memcached | (all of it) | | {conversation.OnlyAotKv} |\n";

        var sent = "";
        var isNewWrite = true;
        foreach (var step in conversation.Steps)
        {
            if (step is Send send)
            {
                sent = isNewWrite ? Code(send.Source) : $"{sent} {Code(send.Source)}";
                isNewWrite = false;
                continue;
            }

            isNewWrite = true;
            if (step is not Expect expect)
                continue;
            foreach (var difference in expect.Differences)
            {
                var (normal, instead) = (Say(expect.Normal), Say(difference.Instead));
                yield return $"| {conversation.Name} | {sent} | {difference.Server} | {normal} | {instead} | {difference.Reason} |\n";
            }
        }
    }

    private static string Say(IReadOnlyList<Expectation> expectations) =>
        expectations.Count == 0 ? "(nothing)" : string.Join(" ", expectations.Select(expectation => Code(expectation.Source)));

    private static string Code(string text) => text.Length == 0 ? "(an empty line)" : $"`{text}`";
}
