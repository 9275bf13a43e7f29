using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Transactions;

namespace AotKv.Engine;

/// <content>
/// Batches: every stripe that a key of the batch lies in is locked, in rising order, so two batches never wait for each other in a circle.
/// Then the commands are planned in order, against the store and against what the batch has planned already. Only when all is well the
/// planned writes go to the log, one after the other under one revision, and into the index.
/// </content>
public sealed unsafe partial class Store
{
    private const int PrefetchAhead = 16;

    /// <summary>Runs a batch of commands as one transaction. One that only reads succeeds also when nothing can be written any more.</summary>
    /// <param name="batch">The commands; their results on return.</param>
    public BatchOutcome Run(StoreBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Count == 1 && TryRunOne(batch, out BatchOutcome outcome) ? outcome : RunAll(batch);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private BatchOutcome RunAll(StoreBatch batch)
    {
        BatchPlan plan = batch.Plan;
        HashKeys(batch, plan);
        for (int attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (!BeforeBatch(batch))
            {
                return EndBatch(plan, new BatchOutcome(StoreStatus.Failed, 0, -1));
            }

            plan.Reset(batch.Writes);
            batch.ClearOutput();
            LockStripes(plan);
            StoreStatus status = PlanLocked(batch, out int failed);
            ulong revision = 0;
            BatchNeed need = default;
            if (status == StoreStatus.Ok && plan.Count > 0)
            {
                status = Commit(batch, ref need, out revision);
            }

            UnlockStripes(plan);
            if (status != StoreStatus.NoMemory)
            {
                return EndBatch(plan, new BatchOutcome(status, revision, failed));
            }

            if (!MakeRoomFor(plan, need))
            {
                break;
            }
        }

        StoreCounters.Add(ref _counters.NoMemory, 1);
        return EndBatch(plan, new BatchOutcome(StoreStatus.NoMemory, 0, -1));
    }

    private bool BeforeBatch(StoreBatch batch)
    {
        if (batch.Writes > 0)
        {
            return BeforeWrite();
        }

        ApplyDueFlush();
        return true;
    }

    private BatchOutcome EndBatch(BatchPlan plan, BatchOutcome outcome)
    {
        foreach (int id in plan.LargeSegments)
        {
            _pool.Release(id);
        }

        plan.LargeSegments.Clear();
        return outcome;
    }

    private void HashKeys(StoreBatch batch, BatchPlan plan)
    {
        StripeSet stripes = plan.Stripes;
        stripes.Reset(_table.StripeCount);
        foreach (ref BatchCommand command in batch.Commands)
        {
            ulong hash = _hash.Hash(batch.KeyOf(command)) ^ command.HashSalt;
            command.Hash = hash;
            stripes.Add(_table.IndexOf(hash));
        }
    }

    private void LockStripes(BatchPlan plan)
    {
        foreach (int stripe in plan.Stripes)
        {
            Native.WordLock.Enter(&_table[stripe]->Lock);
        }
    }

    private void UnlockStripes(BatchPlan plan)
    {
        foreach (int stripe in plan.Stripes)
        {
            Memtable.Memtable.Unlock(_table[stripe]);
        }
    }

    /// <summary>Plans every command, and gives the stripes free when there is no managed memory for it: nothing has happened then.</summary>
    private StoreStatus PlanLocked(StoreBatch batch, out int failed)
    {
        try
        {
            return PlanAll(batch, out failed);
        }
        catch
        {
            UnlockStripes(batch.Plan);
            throw;
        }
    }

    /// <summary>Plans every command. The lines and records of some commands ahead are asked for, so that their memory is there in time.</summary>
    private StoreStatus PlanAll(StoreBatch batch, out int failed)
    {
        Span<BatchCommand> commands = batch.Commands;
        Span<CommandResult> results = batch.ResultSlots;
        for (int from = 0; from < commands.Length; from += PrefetchAhead)
        {
            int to = Math.Min(from + PrefetchAhead, commands.Length);
            if (commands.Length > 1)
            {
                Prefetch(commands[from..to]);
            }

            for (int i = from; i < to; i++)
            {
                ref BatchCommand command = ref commands[i];
                if (command.Kind == CommandKind.Get && batch.Plan.Count == 0)
                {
                    ReadPlain(batch, command, ref results[i]);
                }
                else if (command.IsPlainPut)
                {
                    PlanPlainPut(batch, command, ref results[i]);
                    if (results[i].Status == StoreStatus.Ok)
                    {
                        continue;
                    }
                }
                else
                {
                    results[i] = PlanOne(batch, command);
                }

                if (results[i].Status == StoreStatus.NoMemory)
                {
                    failed = -1;
                    return StoreStatus.NoMemory;
                }

                if ((command.IsRequired && results[i].Status != StoreStatus.Ok) || batch.IsOutputFull)
                {
                    failed = i;
                    return batch.IsOutputFull ? StoreStatus.TooLarge : results[i].Status;
                }
            }
        }

        failed = -1;
        return StoreStatus.Ok;
    }

    private void Prefetch(Span<BatchCommand> commands)
    {
        foreach (ref BatchCommand command in commands)
        {
            _table.PrefetchSlot(command.Hash);
        }

        foreach (ref BatchCommand command in commands)
        {
            _table.PrefetchRecord(command.Hash);
        }
    }

    /// <summary>A read in a batch that has planned no write so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadPlain(StoreBatch batch, in BatchCommand command, ref CommandResult result)
    {
        var key = new ItemKey(batch.KeyOf(command), command.Hash, command.Namespace);
        ulong* slot = _table.Find(_table.StripeOf(command.Hash), key, out Record record);
        if (slot != null && IsVisible(record, Clock.Milliseconds))
        {
            Take(batch, slot, record, ref result);
        }
        else
        {
            result = new CommandResult(StoreStatus.NotFound);
        }
    }

    /// <summary>Copies what a get has found. Stripe lock held.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Take(StoreBatch batch, ulong* slot, Record record, ref CommandResult result)
    {
        ulong before = *slot;
        ulong after = Slot.Read(before);
        if (after != before)
        {
            *slot = after;
            NoteAccess(record);
        }

        Item item = record.ToItem(after);
        int at = 0, length = 0;
        if (batch.TakesOutput(item.Value.Length))
        {
            length = item.Value.Length;
            at = batch.Output.Add(item.Value);
        }

        result = new CommandResult(StoreStatus.Ok, item.Revision, 0, item.ClientFlags, item.ExpiryMilliseconds, at, length);
    }

    private CommandResult PlanOne(StoreBatch batch, in BatchCommand command)
    {
        BatchPlan plan = batch.Plan;
        bool isPlanned = false;
        ref PlannedWrite write = ref Unsafe.NullRef<PlannedWrite>();
        if (plan.Count > 0)
        {
            write = ref plan.Find(command, batch.Input, out isPlanned);
        }

        var seen = default(SeenItem);
        if (isPlanned)
        {
            LookAtPlan(batch, write, ref seen);
        }
        else
        {
            LookAtStore(batch, command, ref seen);
        }

        if (command.Kind is CommandKind.Get or CommandKind.Exists)
        {
            return Answer(batch, command, seen);
        }

        if (command.Kind == CommandKind.Delete && seen.Location < 0 && !isPlanned && _pool.HoldsEvicted)
        {
            // It may have been evicted and be on disk still. That it stays away is true whatever becomes of the batch.
            Room room = default;
            var key = new ItemKey(batch.KeyOf(command), command.Hash, command.Namespace);
            return new CommandResult(WriteDeletion(key, ref room, out _) ? StoreStatus.NotFound : StoreStatus.NoMemory);
        }

        return isPlanned ? PlanWrite(batch, command, seen, ref write) : PlanFirstWrite(batch, command, seen);
    }

    /// <summary>What the store says of a key.</summary>
    private void LookAtStore(StoreBatch batch, scoped in BatchCommand command, ref SeenItem seen)
    {
        var key = new ItemKey(batch.KeyOf(command), command.Hash, command.Namespace);
        Stripe* stripe = _table.StripeOf(command.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record);
        seen.Location = -1;
        if (slot == null)
        {
            return;
        }

        seen.Location = Slot.Location(*slot);
        seen.Slot = (nint)slot;
        seen.Size = record.Size;
        if (!IsVisible(record, Clock.Milliseconds))
        {
            seen.IsDead = true;
            return;
        }

        if (command.Kind == CommandKind.Get && Slot.Read(*slot) != *slot)
        {
            *slot = Slot.Read(*slot);
            NoteAccess(record);
        }

        seen.IsThere = true;
        seen.Value = record.Value;
        seen.Cas = record.Cas;
        seen.ClientFlags = record.ClientFlags;
        seen.ExpiryMilliseconds = record.ExpiryMilliseconds;
        seen.Extra = (byte)(record.Attributes & RecordLayout.KeptMask);
    }

    /// <summary>What the batch itself has made of a key.</summary>
    private void LookAtPlan(StoreBatch batch, scoped in PlannedWrite write, ref SeenItem seen)
    {
        seen.Location = write.PresentLocation;
        seen.Size = write.PresentSize;
        seen.IsThere = write.IsThere && (write.ExpiryMilliseconds == 0 || write.ExpiryMilliseconds > Clock.Milliseconds);
        seen.Value = ValueOf(batch, write);
        seen.Cas = write.KeptCas;
        seen.ClientFlags = write.ClientFlags;
        seen.ExpiryMilliseconds = write.ExpiryMilliseconds;
        seen.Extra = write.Extra;
        seen.IsPlanned = true;
    }

    private ReadOnlySpan<byte> ValueOf(StoreBatch batch, scoped in PlannedWrite write) => write.Source switch
    {
        ValueSource.Input => batch.Input.Slice((int)write.ValueAt, write.ValueLength),
        ValueSource.Scratch => batch.Plan.Scratch.Read(write.ValueAt, write.ValueLength),
        _ => _segments.At(write.PresentLocation).Value,
    };

    private static CommandResult Answer(StoreBatch batch, in BatchCommand command, in SeenItem seen)
    {
        if (command.MustBeAbsent)
        {
            return new CommandResult(seen.IsThere ? StoreStatus.Exists : StoreStatus.Ok, seen.Cas);
        }

        if (!seen.IsThere)
        {
            return new CommandResult(StoreStatus.NotFound);
        }

        if (command.HasCompare && command.Compare != seen.Cas)
        {
            return new CommandResult(StoreStatus.Exists, seen.Cas);
        }

        int at = 0, length = 0;
        if (command.Kind == CommandKind.Get && batch.TakesOutput(seen.Value.Length))
        {
            length = seen.Value.Length;
            at = batch.Output.Add(seen.Value);
        }

        return new CommandResult(StoreStatus.Ok, seen.Cas, 0, seen.ClientFlags, seen.ExpiryMilliseconds, at, length);
    }

    /// <summary>An item as a command of a batch sees it.</summary>
    private ref struct SeenItem
    {
        public ReadOnlySpan<byte> Value;
        public ulong Cas;
        public long ExpiryMilliseconds;
        public long Location;
        public long Size;
        public nint Slot;
        public uint ClientFlags;
        public byte Extra;
        public bool IsThere;
        public bool IsDead;
        public bool IsPlanned;
    }

    /// <summary>What a batch found missing.</summary>
    private struct BatchNeed
    {
        /// <summary>Bytes of records.</summary>
        public long Bytes;

        /// <summary>The largest of them.</summary>
        public int LargestRecord;

        /// <summary>The size of a large segment; 0 when none is missing.</summary>
        public long LargeSegmentBytes;
    }
}
