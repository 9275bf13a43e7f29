using System.Text.RegularExpressions;

namespace AotKv.Server.Tests.Support;

/// <summary>A conversation of one connection: everything the client sends, and everything it must get, whatever the packets.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Input">The client's bytes.</param>
/// <param name="Replies">The replies, CAS ids written as *.</param>
internal sealed record Conversation(string Name, string Input, string Replies)
{
    public override string ToString() => Name;
}

/// <summary>Conversations short enough to be cut in every pair of places.</summary>
internal static partial class Conversations
{
    /// <summary>Those of all protocols.</summary>
    public static IReadOnlyList<Conversation> All => [.. Classic, .. MetaConversations.All, .. BinaryConversations.All];

    private static IReadOnlyList<Conversation> Classic { get; } =
    [
        new("store and read", "set a 7 0 3\r\nabc\r\nget a\r\ngets a\r\n", "STORED\r\nVALUE a 7 3\r\nabc\r\nEND\r\nVALUE a 7 3 *\r\nabc\r\nEND\r\n"),
        new("bare line feeds", "set a 0 0 1\n1\r\nget a\nincr a 1\n", "STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\n2\r\n"),
        new("empty value", "set e 0 0 0\r\n\r\nget e\r\n", "STORED\r\nVALUE e 0 0\r\n\r\nEND\r\n"),
        new("line ends in a value", "set b 0 0 8\r\n\r\nget a\n\r\nget b\r\n", "STORED\r\nVALUE b 0 8\r\n\r\nget a\n\r\nEND\r\n"),
        new("conditions",
            "add a 0 0 1\r\n1\r\nadd a 0 0 1\r\n2\r\nreplace a 0 0 1\r\n3\r\nreplace z 0 0 1\r\n4\r\nappend a 0 0 1\r\n5\r\nprepend a 0 0 1\r\n6\r\nget a\r\n",
            "STORED\r\nNOT_STORED\r\nSTORED\r\nNOT_STORED\r\nSTORED\r\nSTORED\r\nVALUE a 0 3\r\n635\r\nEND\r\n"),
        new("cas", "cas a 0 0 1 5\r\n1\r\nset a 0 0 1\r\n2\r\ncas a 0 0 1 5\r\n3\r\nget a\r\n", "NOT_FOUND\r\nSTORED\r\nEXISTS\r\nVALUE a 0 1\r\n2\r\nEND\r\n"),
        new("delete and touch", "set a 0 0 1\r\n1\r\ntouch a 0\r\ntouch b 0\r\ndelete a\r\ndelete a\r\nget a\r\n",
            "STORED\r\nTOUCHED\r\nNOT_FOUND\r\nDELETED\r\nNOT_FOUND\r\nEND\r\n"),
        new("arithmetic", "incr n 1\r\nset n 0 0 2\r\n10\r\ndecr n 1\r\nget n\r\nincr n 90\r\nset t 0 0 1\r\nx\r\nincr t 1\r\nincr n x\r\n",
            "NOT_FOUND\r\nSTORED\r\n9\r\nVALUE n 0 2\r\n9 \r\nEND\r\n99\r\nSTORED\r\n"
            + "CLIENT_ERROR cannot increment or decrement non-numeric value\r\nCLIENT_ERROR invalid numeric delta argument\r\n"),
        new("many keys", "set a 0 0 1\r\n1\r\nset b 1 0 2\r\n22\r\nget a x b a\r\nget x y\r\n",
            "STORED\r\nSTORED\r\nVALUE a 0 1\r\n1\r\nVALUE b 1 2\r\n22\r\nVALUE a 0 1\r\n1\r\nEND\r\nEND\r\n"),
        new("get and touch", "set a 0 0 1\r\n1\r\ngat 100 a b\r\ngats 0 a\r\ngat x a\r\n",
            "STORED\r\nVALUE a 0 1\r\n1\r\nEND\r\nVALUE a 0 1 *\r\n1\r\nEND\r\nCLIENT_ERROR invalid exptime argument\r\n"),
        new("noreply",
            "set a 0 0 1 noreply\r\n1\r\nadd a 0 0 1 noreply\r\n2\r\nincr a 1 noreply\r\ntouch q 1 noreply\r\nget a\r\ndelete a noreply\r\nbogus noreply\r\nget a\r\n",
            "VALUE a 0 1\r\n2\r\nEND\r\nEND\r\n"),
        new("bad data chunk", "set a 0 0 3\r\nabcdefgh\r\nget a\r\n", "CLIENT_ERROR bad data chunk\r\nERROR\r\nEND\r\n"),
        new("bad length is not swallowed", "set a 0 0 -1\r\nversion\r\nset a 0 0 zz\r\nversion\r\n",
            "CLIENT_ERROR bad command line format\r\nVERSION 1.6.45\r\nCLIENT_ERROR bad command line format\r\nVERSION 1.6.45\r\n"),
        new("bad flags are swallowed", "set a x 0 7\r\nversion\r\nversion\r\n", "CLIENT_ERROR bad command line format\r\nVERSION 1.6.45\r\n"),
        new("unknown words", "foo\r\nGET a\r\n\r\nget\r\n", "ERROR\r\nERROR\r\nCLIENT_ERROR bad command line format\r\nCLIENT_ERROR bad command line format\r\n"),
        new("settings of the operator", "verbosity 0\r\nverbosity\r\nflush_all\r\nversion\r\nshutdown\r\nstats nonsense\r\n",
            "OK\r\nCLIENT_ERROR bad command line format\r\nOK\r\nVERSION 1.6.45\r\nSERVER_ERROR: shutdown not enabled\r\nERROR\r\n"),
        new("quit", "set a 0 0 1\r\n1\r\nquit\r\nget a\r\n", "STORED\r\n"),
        new("another protocol", "set a 0 0 1\r\n1\r\nGET / HTTP/1.1\r\nget a\r\n", "STORED\r\n"),
    ];

    /// <summary>Replies with the CAS ids, which no test can know, written as *; in binary responses as 0.</summary>
    public static string WithoutCas(string replies) =>
        replies.StartsWith('\u0081') ? Packets.WithoutCas(replies) : CasIds().Replace(replies, "*");

    [GeneratedRegex(@"(?<=[ c=])\d{16,}")]
    private static partial Regex CasIds();
}
