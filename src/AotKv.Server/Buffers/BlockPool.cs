using System.Diagnostics;
using System.Numerics;

namespace AotKv.Server.Buffers;

/// <summary>
/// Native blocks for one loop: sizes are powers of two from 1 KiB to 64 KiB, of which a few free ones are kept; larger blocks
/// have the exact size asked for and are not kept. Not thread-safe: a pool belongs to one loop (or one pipelines connection).
/// </summary>
internal sealed class BlockPool : IDisposable
{
    /// <summary>Largest block that is kept when it comes back.</summary>
    public const int MaxPooledBytes = 1 << (FirstShift + Classes - 1);

    private const int FirstShift = 10;
    private const int Classes = 7;

    private readonly BufferBudget _budget;
    private readonly NativeBlock[][] _free;
    private readonly int[] _counts = new int[Classes];

    /// <summary>Makes an empty pool.</summary>
    /// <param name="budget">Where the memory is accounted for.</param>
    /// <param name="keepBytes">How many bytes of free blocks to keep per size; 0 keeps none.</param>
    public BlockPool(BufferBudget budget, int keepBytes)
    {
        _budget = budget;
        _free = new NativeBlock[Classes][];
        for (int i = 0; i < Classes; i++)
        {
            _free[i] = keepBytes == 0 ? [] : new NativeBlock[Math.Max(1, keepBytes >> (FirstShift + i))];
        }
    }

    /// <summary>Rents a block of at least so many bytes; false when the budget or the system has no memory left.</summary>
    public bool TryRent(int bytes, out NativeBlock block)
    {
        if (bytes > MaxPooledBytes)
        {
            return TryAllocate(bytes, out block);
        }

        int size = ClassOf(bytes);
        if (_counts[size] > 0)
        {
            block = _free[size][--_counts[size]];
            return true;
        }

        return TryAllocate(1 << (FirstShift + size), out block);
    }

    /// <summary>Exchanges a block for a longer one with the same first bytes; false, and the block unchanged, when there is no memory.</summary>
    public bool TryGrow(ref NativeBlock block, int bytes, int used)
    {
        Debug.Assert(bytes > block.Length && used <= block.Length, "grows");
        if (block.Length <= MaxPooledBytes)
        {
            if (!TryRent(bytes, out NativeBlock larger))
            {
                return false;
            }

            block.Slice(0, used).CopyTo(larger.Span);
            Return(block);
            block = larger;
            return true;
        }

        // The system moves large blocks by their page tables, without copying.
        int more = bytes - block.Length;
        if (!_budget.TryTake(more))
        {
            return false;
        }

        NativeBlock moved = block.TryReallocate(bytes);
        if (moved.IsEmpty)
        {
            _budget.Give(more);
            return false;
        }

        block = moved;
        return true;
    }

    /// <summary>Takes a block back. An empty one is ignored.</summary>
    public void Return(NativeBlock block)
    {
        if (block.IsEmpty)
        {
            return;
        }

        if (block.Length <= MaxPooledBytes)
        {
            int size = ClassOf(block.Length);
            if (_counts[size] < _free[size].Length)
            {
                _free[size][_counts[size]++] = block;
                return;
            }
        }

        block.Free();
        _budget.Give(block.Length);
    }

    /// <summary>Frees the blocks that are kept; those still rented stay with their holders.</summary>
    public void Dispose()
    {
        for (int i = 0; i < Classes; i++)
        {
            while (_counts[i] > 0)
            {
                NativeBlock block = _free[i][--_counts[i]];
                block.Free();
                _budget.Give(block.Length);
            }
        }
    }

    private static int ClassOf(int bytes) => Math.Max(0, BitOperations.Log2((uint)Math.Max(bytes - 1, 1)) + 1 - FirstShift);

    private bool TryAllocate(int bytes, out NativeBlock block)
    {
        block = default;
        if (!_budget.TryTake(bytes))
        {
            return false;
        }

        block = NativeBlock.TryAllocate(bytes);
        if (block.IsEmpty)
        {
            _budget.Give(bytes);
            return false;
        }

        return true;
    }
}
