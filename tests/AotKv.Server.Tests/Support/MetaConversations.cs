namespace AotKv.Server.Tests.Support;

/// <summary>Conversations of meta commands, short enough to be cut in every pair of places.</summary>
internal static class MetaConversations
{
    public static IReadOnlyList<Conversation> All { get; } =
    [
        new("meta store and read", "ms a 3 T50 F7\r\nabc\r\nmg a v\r\nmg a s f t k Ox1 h\r\nmg b v\r\nmg b k O7 v\r\nmn\r\n",
            "HD\r\nVA 3\r\nabc\r\nHD s3 f7 t50 ka Ox1 h1\r\nEN\r\nEN kb O7\r\nMN\r\n"),
        new("meta quiet", "ms a 1 q\r\n1\r\nmg a v q\r\nmg b v q\r\nmd a q\r\nmd a q\r\nma n q N0\r\nma n q\r\nmn\r\n", "VA 1\r\n1\r\nNF\r\nMN\r\n"),
        new("meta base64 keys", "ms Zm9v 1 b\r\n1\r\nmg foo v\r\nmg Zm9v b k v\r\nmg Zm9 b\r\nms Zm9 2 b\r\nxx\r\nme Zm9v b\r\nmd Zm9v b k\r\n",
            "HD\r\nVA 1\r\n1\r\nVA 1 kZm9v b\r\n1\r\nCLIENT_ERROR error decoding key\r\nCLIENT_ERROR error decoding key\r\n"
            + "ME Zm9v exp=-1 la=0 cas=* fetch=yes cls=1 size=63\r\nHD kZm9v b\r\n"),
        new("meta vivify and win", "mg a s v N30 t\r\nmg a s v N30 t\r\nms a 1 T9\r\n1\r\nmg a v R30\r\nmg a v R30\r\nmg a v R9\r\n",
            "VA 0 s0 t30 W\r\n\r\nVA 0 s0 t30 Z\r\n\r\nHD\r\nVA 1 W\r\n1\r\nVA 1 Z\r\n1\r\nVA 1 Z\r\n1\r\n"),
        new("meta stale", "ms a 1\r\n1\r\nmd a I T30\r\nmg a v t\r\nmg a v\r\nms a 1 C1 I T60\r\n2\r\nmg a t v\r\nms a 1\r\n3\r\nmg a v t\r\n",
            "HD\r\nHD\r\nVA 1 t30 X W\r\n1\r\nVA 1 Z X\r\n1\r\nHD\r\nVA 1 t30 Z X\r\n2\r\nHD\r\nVA 1 t-1\r\n3\r\n"),
        new("meta modes", "ms a 1 ME\r\n1\r\nms a 1 ME s k\r\n2\r\nms a 2 MA s\r\n34\r\nms b 1 MP s\r\n1\r\nms b 1 MP N9 s\r\n1\r\nms c 1 MR c\r\n1\r\nms a 1 MZ\r\n1\r\n",
            "HD\r\nNS s1 ka\r\nHD s3\r\nNS s1\r\nHD s1\r\nNS c0\r\nCLIENT_ERROR invalid mode for ms M token\r\n"),
        new("meta cas", "ms a 1 E500 c\r\n1\r\nms a 1 C499 c\r\n2\r\nms a 1 C500 E501 c\r\n3\r\nms b 1 C1\r\n1\r\nmg a c v C501\r\nmd a C500\r\nmd a C501 k\r\n",
            "HD c500\r\nEX c0\r\nHD c501\r\nNF\r\nHD c501\r\nEX\r\nHD ka\r\n"),
        new("meta arithmetic", "ma n\r\nma n N0 J5 v\r\nma n v D10 c E77\r\nma n MD v D100 t T60\r\nma n C1 k Oq\r\nms n 1\r\nx\r\nma n\r\nma n Dx\r\n",
            "NF\r\nVA 1\r\n5\r\nVA 2 c77\r\n15\r\nVA 1 t-1\r\n0\r\n"
            + "EX kn Oq\r\nHD\r\nCLIENT_ERROR cannot increment or decrement non-numeric value\r\nCLIENT_ERROR invalid or duplicate flag\r\n"),
        new("meta mistakes", "mg\r\nmg a z\r\nmg a v v\r\nms a 3 z\r\nabc\r\nms a x\r\nversion\r\nms a 2\r\nabcd\r\nma a MX\r\nmg a O12345678901234567890123456789012\r\n",
            "CLIENT_ERROR bad command line format\r\nCLIENT_ERROR invalid flag\r\nCLIENT_ERROR duplicate flag\r\nCLIENT_ERROR invalid flag\r\n"
            + "CLIENT_ERROR bad command line format\r\nVERSION 1.6.45\r\nCLIENT_ERROR bad data chunk\r\n"
            + "CLIENT_ERROR bad command line format\r\n"
            + "CLIENT_ERROR invalid mode for ma M token\r\nCLIENT_ERROR opaque token too long\r\n"),
        new("meta values emptied", "ms a 2 T50 F9\r\nab\r\nmd a x F3 T20\r\nmg a v f t\r\nmd a x\r\nmg a f t\r\nmd a x I\r\nmg a v\r\nme b\r\n",
            "HD\r\nHD\r\nVA 0 f3 t20\r\n\r\nHD\r\nHD f0 t-1\r\nHD\r\nVA 0 X W\r\n\r\nEN\r\n"),
    ];
}
