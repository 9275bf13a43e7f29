using AotKv.Protocol.Binary;
using static AotKv.Server.Tests.Support.Packets;

namespace AotKv.Server.Tests.Support;

/// <summary>Conversations of the binary protocol, short enough to be cut in every pair of places.</summary>
internal static class BinaryConversations
{
    public static IReadOnlyList<Conversation> All { get; } =
    [
        new("binary store and read",
            Store(BinaryOpcode.Set, "a", "abc", flags: 7) + Ask(BinaryOpcode.Get, "a") + Ask(BinaryOpcode.GetK, "a") + Ask(BinaryOpcode.Get, "b") + Ask(BinaryOpcode.GetK, "b"),
            Say(BinaryOpcode.Set) + Say(BinaryOpcode.Get, "abc", extras: U32(7)) + Say(BinaryOpcode.GetK, "abc", "a", U32(7))
            + Fail(BinaryOpcode.Get, BinaryStatus.NotFound) + Say(BinaryOpcode.GetK, key: "b", status: BinaryStatus.NotFound)),
        new("binary quiet",
            Store(BinaryOpcode.SetQ, "a", "1") + Ask(BinaryOpcode.GetQ, "a") + Ask(BinaryOpcode.GetQ, "b") + Ask(BinaryOpcode.GetKQ, "a")
            + Store(BinaryOpcode.AddQ, "a", "2") + Ask(BinaryOpcode.DeleteQ, "a") + Ask(BinaryOpcode.DeleteQ, "a") + Ask(BinaryOpcode.Noop),
            Say(BinaryOpcode.GetQ, "1", extras: U32(0)) + Say(BinaryOpcode.GetKQ, "1", "a", U32(0)) + Fail(BinaryOpcode.AddQ, BinaryStatus.Exists)
            + Fail(BinaryOpcode.DeleteQ, BinaryStatus.NotFound) + Say(BinaryOpcode.Noop)),
        new("binary conditions",
            Store(BinaryOpcode.Add, "a", "1") + Store(BinaryOpcode.Replace, "b", "2") + Ask(BinaryOpcode.Append, "a", "2") + Ask(BinaryOpcode.Prepend, "a", "0")
            + Ask(BinaryOpcode.Append, "b", "2") + Ask(BinaryOpcode.Get, "a"),
            Say(BinaryOpcode.Add) + Fail(BinaryOpcode.Replace, BinaryStatus.NotFound) + Say(BinaryOpcode.Append) + Say(BinaryOpcode.Prepend)
            + Fail(BinaryOpcode.Append, BinaryStatus.NotStored) + Say(BinaryOpcode.Get, "012", extras: U32(0))),
        new("binary cas",
            Store(BinaryOpcode.Set, "a", "1", cas: 5) + Store(BinaryOpcode.Set, "a", "1") + Store(BinaryOpcode.Add, "a", "2", cas: 5)
            + Ask(BinaryOpcode.Append, "a", "2", cas: 5) + Ask(BinaryOpcode.Delete, "a", cas: 5),
            Fail(BinaryOpcode.Set, BinaryStatus.NotFound) + Say(BinaryOpcode.Set) + Fail(BinaryOpcode.Add, BinaryStatus.Exists)
            + Fail(BinaryOpcode.Append, BinaryStatus.Exists) + Fail(BinaryOpcode.Delete, BinaryStatus.Exists)),
        new("binary arithmetic",
            Count(BinaryOpcode.Increment, "n", 1, 10, uint.MaxValue) + Count(BinaryOpcode.Increment, "n", 1, 10, 0) + Count(BinaryOpcode.Decrement, "n", 1, 0, 0)
            + Count(BinaryOpcode.IncrementQ, "n", 90, 0, 0) + Ask(BinaryOpcode.Get, "n"),
            Fail(BinaryOpcode.Increment, BinaryStatus.NotFound) + Say(BinaryOpcode.Increment, U64(10)) + Say(BinaryOpcode.Decrement, U64(9))
            + Say(BinaryOpcode.Get, "99", extras: U32(0))),
        new("binary touch",
            Store(BinaryOpcode.Set, "a", "1", flags: 3) + Ask(BinaryOpcode.Touch, "a", extras: U32(100)) + Ask(BinaryOpcode.Gat, "a", extras: U32(100))
            + Ask(BinaryOpcode.GatK, "b", extras: U32(1)) + Ask(BinaryOpcode.GatQ, "b", extras: U32(1)) + Ask(BinaryOpcode.GatKQ, "a", extras: U32(1)),
            Say(BinaryOpcode.Set) + Say(BinaryOpcode.Touch, extras: U32(3)) + Say(BinaryOpcode.Gat, "1", extras: U32(3))
            + Say(BinaryOpcode.GatK, key: "b", status: BinaryStatus.NotFound) + Say(BinaryOpcode.GatKQ, "1", "a", U32(3))),
        new("binary unknown opcode",
            Ask((BinaryOpcode)0x1b, "key", "value", U32(1)) + Ask((BinaryOpcode)0x30) + Ask(BinaryOpcode.SaslList) + Ask(BinaryOpcode.SaslAuth, "PLAIN", "\0a\0b") + Ask(BinaryOpcode.Version),
            Fail((BinaryOpcode)0x1b, BinaryStatus.UnknownCommand) + Fail((BinaryOpcode)0x30, BinaryStatus.UnknownCommand)
            + Fail(BinaryOpcode.SaslList, BinaryStatus.UnknownCommand) + Fail(BinaryOpcode.SaslAuth, BinaryStatus.UnknownCommand)
            + Say(BinaryOpcode.Version, "1.6.45")),
        new("binary bad shape", Ask(BinaryOpcode.Noop) + Ask(BinaryOpcode.Get, "a", extras: U32(1)) + Ask(BinaryOpcode.Noop),
            Say(BinaryOpcode.Noop) + Fail(BinaryOpcode.Get, BinaryStatus.InvalidArguments)),
        new("binary bad magic", Ask(BinaryOpcode.Noop) + "version\r\n", Say(BinaryOpcode.Noop)),
        new("binary quit", Store(BinaryOpcode.Set, "a", "1") + Ask(BinaryOpcode.Quit) + Ask(BinaryOpcode.Noop), Say(BinaryOpcode.Set) + Say(BinaryOpcode.Quit)),
        new("binary quiet quit", Store(BinaryOpcode.Set, "a", "1") + Ask(BinaryOpcode.QuitQ) + Ask(BinaryOpcode.Noop), Say(BinaryOpcode.Set)),
        new("binary flush", Store(BinaryOpcode.Set, "a", "1") + Ask(BinaryOpcode.FlushQ) + Ask(BinaryOpcode.Get, "a") + Ask(BinaryOpcode.Flush, extras: U32(0)),
            Say(BinaryOpcode.Set) + Fail(BinaryOpcode.Get, BinaryStatus.NotFound) + Say(BinaryOpcode.Flush)),
        new("binary statistics of no such name", Ask(BinaryOpcode.Stat, "nonsense") + Ask(BinaryOpcode.Stat, "reset"),
            Fail(BinaryOpcode.Stat, BinaryStatus.NotFound) + Say(BinaryOpcode.Stat)),
    ];
}
