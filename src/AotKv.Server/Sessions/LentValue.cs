using System.Diagnostics;
using AotKv.Engine;

namespace AotKv.Server.Sessions;

/// <summary>
/// A value among the replies of a turn that is sent straight from its record instead of being copied: one that does not fit into the room
/// for replies. There is at most one at a time; the replies go on behind it. Who sends it takes it over, and brings it back when the client
/// has it.
/// </summary>
/// <remarks>
/// A record that is held keeps its segment's memory. So no more of them than <see cref="MaxHeld"/> wait for their clients on one loop (in
/// memory of a few hundred segments); what comes after those is copied, within the bound of all buffers.
/// </remarks>
internal sealed class LentValue : IDisposable
{
    /// <summary>How many values may wait for their clients.</summary>
    public const int MaxHeld = 8;

    private readonly ServerState _state;
    private Stack<HeldItem>? _free; // null: the transport sends no values so
    private HeldItem? _item;

    public LentValue(ServerState state) => _state = state;

    /// <summary>The transport sends values so.</summary>
    public void Offer()
    {
        _free = new(MaxHeld + 1);
        for (int i = 0; i <= MaxHeld; i++)
        {
            _free.Push(new());
        }
    }

    /// <summary>Bytes of replies before the room that the session is given: the transport says so.</summary>
    public int Start { get; set; }

    /// <summary>One was taken since the last <see cref="Detach"/>.</summary>
    public bool IsTaken => _item != null;

    /// <summary>Bytes of all replies that stand before it.</summary>
    public int Position { get; private set; }

    /// <summary>Another one may wait for its client.</summary>
    public bool MayWait => _free!.Count > 0;

    /// <summary>Whether values are lent at all now: the log of traffic wants them copied.</summary>
    public bool IsUsed => _free != null && _state.Verbosity <= 1;

    /// <summary>Takes the value of an item that is being read; false when there is one already.</summary>
    /// <param name="item">The item.</param>
    /// <param name="position">Bytes of the session's replies before it.</param>
    public bool TryTake(in Item item, int position)
    {
        if (_item != null)
        {
            return false;
        }

        // There is one: no more than all but one wait.
        HeldItem free = _free!.Pop();
        _state.Store.Hold(item, free);
        _item = free;
        Position = Start + position;
        return true;
    }

    /// <summary>Hands the value over to who sends it.</summary>
    public HeldItem Detach()
    {
        HeldItem item = _item!;
        _item = null;
        return item;
    }

    /// <summary>The client has it, or is gone.</summary>
    public void GiveBack(HeldItem item)
    {
        item.Dispose();
        _free!.Push(item);
        Debug.Assert(_free.Count <= MaxHeld + 1, "each once");
    }

    public void Dispose() => _item?.Dispose();
}
