using System.Runtime.InteropServices;
using AotKv.Protocol;
using AotKv.Protocol.Binary;
using AotKv.Protocol.Meta;

namespace AotKv.Server.Sessions;

/// <summary>A request that was parsed but not yet executed.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PreparedRequest
{
    public Request Request;

    /// <summary>Where in the input the request begins.</summary>
    public int Offset;

    /// <summary>Bytes of the request: line and data block.</summary>
    public int Length;

    /// <summary>The store's hash of its key, when it has exactly one.</summary>
    public ulong Hash;

    /// <summary>Meta commands: where in <see cref="RequestBatch.Metas"/> the flags are.</summary>
    public int Meta;
}

/// <summary>A binary request that was parsed but not yet executed.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct PreparedPacket
{
    public BinaryRequest Request;

    /// <summary>Where in the input the request begins.</summary>
    public int Offset;

    /// <summary>Bytes of the request: head and value.</summary>
    public int Length;

    /// <summary>The store's hash of its key, when it has one.</summary>
    public ulong Hash;
}

/// <summary>What ended the preparation of a batch.</summary>
internal enum BatchEnd : byte
{
    /// <summary>The batch is full; there may be more input.</summary>
    Full,

    /// <summary>No input is left.</summary>
    InputUsed,

    /// <summary>The next line is not complete.</summary>
    PartialLine,

    /// <summary>The next line is a storage command whose data block is not complete.</summary>
    PartialData,

    /// <summary>The next line is a storage command whose item is larger than allowed.</summary>
    TooLarge,

    /// <summary>The next line is bad.</summary>
    Bad,
}

/// <summary>
/// Room for the requests that are prepared together (parsed, hashed, their slots and records asked for) before they are executed
/// in order. One per loop: it is empty between two calls of a session.
/// </summary>
internal sealed class RequestBatch
{
    private MetaRequest[]? _metas;
    private PreparedPacket[]? _packets;

    /// <summary>The entry behind the last is where the request that ended the batch is parsed to.</summary>
    public readonly PreparedRequest[] Items = new PreparedRequest[ServerLimits.BatchRequests + 1];

    /// <summary>Flags of the meta commands among them, made when the first one comes.</summary>
    public MetaRequest[] Metas => _metas ??= new MetaRequest[ServerLimits.BatchRequests + 1];

    /// <summary>The same for binary requests, made when the first one comes.</summary>
    public PreparedPacket[] Packets => _packets ??= new PreparedPacket[ServerLimits.BatchRequests + 1];
}
