// Relies on: the pages are mapped from construction to Release, and nobody uses them after that.
using AotKv.Engine.Native;

namespace AotKv.Engine.Tests.Durability;

/// <summary>One file of a <see cref="SimulatedDisk"/>: what programs see, and what would be left after a power cut.</summary>
internal sealed unsafe class SimulatedFile
{
    public const int PageBytes = 4096;
    public const int SectorBytes = 512;

    private byte* _live;

    public SimulatedFile(string name, long bytes)
    {
        Name = name;
        Bytes = bytes;
        Durable = new byte[bytes];
        _live = bytes == 0 ? null : NativePages.Map(NativePages.RoundUp(bytes));
    }

    public string Name { get; }

    public long Bytes { get; }

    /// <summary>What is on the platter.</summary>
    public byte[] Durable { get; }

    /// <summary>The file's size is on the platter too: after its first sync.</summary>
    public bool IsSizeDurable { get; set; }

    public byte* Start => _live;

    public Span<byte> Live => new(_live, (int)Bytes);

    public bool IsReleased => _live == null && Bytes != 0;

    public int Pages => (int)((Bytes + PageBytes - 1) / PageBytes);

    public Span<byte> LivePage(int page) => Live.Slice(page * PageBytes, (int)Math.Min(PageBytes, Bytes - ((long)page * PageBytes)));

    public Span<byte> DurablePage(int page) => Durable.AsSpan(page * PageBytes, (int)Math.Min(PageBytes, Bytes - ((long)page * PageBytes)));

    public bool IsDirty(int page) => !LivePage(page).SequenceEqual(DurablePage(page));

    /// <summary>Copies everything to the platter.</summary>
    public void Sync() => Sync(Bytes);

    /// <summary>Copies the pages in which the first bytes are to the platter, and no other.</summary>
    public void Sync(long bytes)
    {
        for (int page = 0; page < (bytes + PageBytes - 1) / PageBytes; page++)
        {
            if (IsDirty(page))
            {
                LivePage(page).CopyTo(DurablePage(page));
            }
        }

        IsSizeDurable = true;
    }

    /// <summary>The system writes some pages on its own account, whole or in part.</summary>
    public void WriteBack(Random random, int oneIn)
    {
        for (int page = 0; page < Pages; page++)
        {
            if (random.Next(oneIn) == 0 && IsDirty(page))
            {
                LivePage(page).CopyTo(DurablePage(page));
            }
        }
    }

    /// <summary>What a power cut at this moment leaves of the file.</summary>
    public SimulatedFile? AfterCut(Random random, CutKind kind)
    {
        if (!IsSizeDurable && (kind == CutKind.AllOld || (kind == CutKind.Mixed && random.Next(2) == 0)))
        {
            // Created, and nothing else is known of it: no size, or a size and nothing in it.
            return random.Next(3) == 0 ? null : new SimulatedFile(Name, random.Next(2) == 0 ? 0 : Bytes) { IsSizeDurable = true };
        }

        var left = new SimulatedFile(Name, Bytes) { IsSizeDurable = true };
        Durable.CopyTo(left.Durable, 0);
        int last = kind == CutKind.LastPageTorn ? LastDirty() : -1;
        for (int page = 0; page < Pages && !IsReleased; page++)
        {
            if (IsDirty(page))
            {
                KeepSome(random, kind == CutKind.LastPageTorn && page == last ? CutKind.Mixed : kind, page, left.DurablePage(page));
            }
        }

        left.Durable.CopyTo(left.Live);
        return left;
    }

    public void Release()
    {
        if (_live != null)
        {
            NativePages.Unmap(_live, NativePages.RoundUp(Bytes));
            _live = null;
        }
    }

    private int LastDirty()
    {
        int page = IsReleased ? -1 : Pages - 1;
        while (page >= 0 && !IsDirty(page))
        {
            page--;
        }

        return page;
    }

    private void KeepSome(Random random, CutKind kind, int page, Span<byte> left)
    {
        Span<byte> live = LivePage(page);
        int fate = kind switch
        {
            CutKind.AllOld => 0,
            CutKind.AllNew or CutKind.LastPageTorn => 1,
            _ => random.Next(3),
        };
        for (int at = 0; at < left.Length && fate != 0; at += SectorBytes)
        {
            if (fate == 1 || random.Next(2) == 0)
            {
                int length = Math.Min(SectorBytes, left.Length - at);
                live.Slice(at, length).CopyTo(left.Slice(at, length));
            }
        }
    }
}
