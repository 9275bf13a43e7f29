namespace AotKv.Protocol.Binary;

/// <content>What each opcode is and which body it must have.</content>
public static partial class BinaryParser
{
    private const int CommandMask = 0x1f;
    private const int Quiet = 0x20;
    private const int WithKey = 0x40;
    private const int ShapeMask = 0xf00;

    // Which body a command has.
    private enum Shape
    {
        // No body at all.
        Empty = 0x100,

        // A key.
        Key = 0x200,

        // A key and a value.
        Extend = 0x300,

        // Client flags, expiry time, a key and a value.
        Store = 0x400,

        // Delta, initial number, expiry time and a key.
        Count = 0x500,

        // Expiry time and a key.
        Touch = 0x600,

        // Perhaps an expiry time.
        Flush = 0x700,

        // Perhaps a key.
        Stat = 0x800,
    }

    // By opcode; 0 where none is served.
    private static readonly ushort[] Opcodes =
    [
        (int)BinaryCommand.Get | (int)Shape.Key, // 00 Get
        (int)BinaryCommand.Set | (int)Shape.Store, // 01 Set
        (int)BinaryCommand.Add | (int)Shape.Store, // 02 Add
        (int)BinaryCommand.Replace | (int)Shape.Store, // 03 Replace
        (int)BinaryCommand.Delete | (int)Shape.Key, // 04 Delete
        (int)BinaryCommand.Increment | (int)Shape.Count, // 05 Increment
        (int)BinaryCommand.Decrement | (int)Shape.Count, // 06 Decrement
        (int)BinaryCommand.Quit | (int)Shape.Empty, // 07 Quit
        (int)BinaryCommand.Flush | (int)Shape.Flush, // 08 Flush
        (int)BinaryCommand.Get | (int)Shape.Key | Quiet, // 09 GetQ
        (int)BinaryCommand.Noop | (int)Shape.Empty, // 0a Noop
        (int)BinaryCommand.Version | (int)Shape.Empty, // 0b Version
        (int)BinaryCommand.Get | (int)Shape.Key | WithKey, // 0c GetK
        (int)BinaryCommand.Get | (int)Shape.Key | WithKey | Quiet, // 0d GetKQ
        (int)BinaryCommand.Append | (int)Shape.Extend, // 0e Append
        (int)BinaryCommand.Prepend | (int)Shape.Extend, // 0f Prepend
        (int)BinaryCommand.Stat | (int)Shape.Stat, // 10 Stat
        (int)BinaryCommand.Set | (int)Shape.Store | Quiet, // 11 SetQ
        (int)BinaryCommand.Add | (int)Shape.Store | Quiet, // 12 AddQ
        (int)BinaryCommand.Replace | (int)Shape.Store | Quiet, // 13 ReplaceQ
        (int)BinaryCommand.Delete | (int)Shape.Key | Quiet, // 14 DeleteQ
        (int)BinaryCommand.Increment | (int)Shape.Count | Quiet, // 15 IncrementQ
        (int)BinaryCommand.Decrement | (int)Shape.Count | Quiet, // 16 DecrementQ
        (int)BinaryCommand.Quit | (int)Shape.Empty | Quiet, // 17 QuitQ
        (int)BinaryCommand.Flush | (int)Shape.Flush | Quiet, // 18 FlushQ
        (int)BinaryCommand.Append | (int)Shape.Extend | Quiet, // 19 AppendQ
        (int)BinaryCommand.Prepend | (int)Shape.Extend | Quiet, // 1a PrependQ
        0, // 1b
        (int)BinaryCommand.Touch | (int)Shape.Touch, // 1c Touch
        (int)BinaryCommand.Gat | (int)Shape.Touch, // 1d Gat
        (int)BinaryCommand.Gat | (int)Shape.Touch | Quiet, // 1e GatQ
        0, // 1f
        (int)BinaryCommand.SaslList | (int)Shape.Empty, // 20 SaslList
        (int)BinaryCommand.SaslAuth | (int)Shape.Extend, // 21 SaslAuth
        (int)BinaryCommand.SaslStep | (int)Shape.Extend, // 22 SaslStep
        (int)BinaryCommand.Gat | (int)Shape.Touch | WithKey, // 23 GatK
        (int)BinaryCommand.Gat | (int)Shape.Touch | WithKey | Quiet, // 24 GatKQ
    ];
}
