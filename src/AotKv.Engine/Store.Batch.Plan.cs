using System.Runtime.CompilerServices;
using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Transactions;

namespace AotKv.Engine;

/// <content>Planning the writes of a batch.</content>
public sealed unsafe partial class Store
{
    /// <summary>Plans a store that takes place whatever there was before.</summary>
    private void PlanPlainPut(StoreBatch batch, in BatchCommand command, ref CommandResult result)
    {
        if (!Fits(command.KeyLength, command.ValueLength, command.ClientFlags))
        {
            result = new CommandResult(StoreStatus.TooLarge);
            return;
        }

        ref PlannedWrite write = ref batch.Plan.FindOrAdd(command, batch.Input, out bool isPlanned);
        if (!isPlanned)
        {
            ulong* slot = _table.Find(_table.StripeOf(command.Hash), new ItemKey(batch.KeyOf(command), command.Hash), out Record record);
            if (slot != null)
            {
                write.PresentSlot = (nint)slot;
                write.PresentLocation = Slot.Location(*slot);
                write.PresentSize = record.Size;
                write.WasThere = IsVisible(record, Clock.Milliseconds);
            }
        }

        StoreInput(command, ref write);
        result = new CommandResult(StoreStatus.Ok, 0, 0, command.ClientFlags, command.ExpiryMilliseconds);
    }

    /// <summary>The key will have what a command brings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreInput(in BatchCommand command, ref PlannedWrite write)
    {
        write.IsThere = true;
        write.IsTouched = false;
        write.Source = ValueSource.Input;
        write.ValueAt = command.ValueAt;
        write.ValueLength = command.ValueLength;
        write.ClientFlags = command.ClientFlags;
        write.ExpiryMilliseconds = command.ExpiryMilliseconds;
        write.KeptCas = 0;
        write.Extra = 0;
    }

    private CommandResult PlanFirstWrite(StoreBatch batch, in BatchCommand command, in SeenItem seen)
    {
        StoreStatus status = MayWrite(command, seen);
        if (status != StoreStatus.Ok)
        {
            return new CommandResult(status, seen.Cas);
        }

        ref PlannedWrite write = ref batch.Plan.Add(command);
        write.PresentLocation = seen.Location;
        write.PresentSlot = seen.Slot;
        write.PresentSize = seen.Size;
        write.WasThere = seen.IsThere;
        CommandResult result = PlanWrite(batch, command, seen, ref write);
        if (result.Status != StoreStatus.Ok)
        {
            // The key stays as it was: a write that changes nothing.
            KeepAsIs(ref write, seen);
        }

        return result;
    }

    private CommandResult PlanWrite(StoreBatch batch, in BatchCommand command, in SeenItem seen, ref PlannedWrite write)
    {
        StoreStatus status = MayWrite(command, seen);
        if (status != StoreStatus.Ok)
        {
            return new CommandResult(status, seen.Cas);
        }

        switch (command.Kind)
        {
            case CommandKind.Delete:
                write.IsThere = false;
                write.KeptCas = 0;
                return new CommandResult(StoreStatus.Ok);
            case CommandKind.Touch:
                if (!seen.IsPlanned)
                {
                    KeepAsIs(ref write, seen);
                }

                write.ExpiryMilliseconds = command.ExpiryMilliseconds;
                write.IsTouched = true;
                return new CommandResult(StoreStatus.Ok, seen.Cas, 0, seen.ClientFlags, command.ExpiryMilliseconds);
            case CommandKind.Count:
                return PlanCount(batch, command, seen, ref write);
            default:
                return PlanPut(batch, command, seen, ref write);
        }
    }

    private StoreStatus MayWrite(in BatchCommand command, in SeenItem seen)
    {
        if (command.Namespace != 0 && FindNamespace(command.Namespace) is not { IsDropped: false })
        {
            return StoreStatus.NamespaceDropped;
        }

        if (!seen.IsThere)
        {
            bool creates = command.Kind == CommandKind.Put && command.Mode is StoreMode.Set or StoreMode.Add && !command.HasCompare;
            return creates ? StoreStatus.Ok
                : command.Kind == CommandKind.Put && !command.HasCompare ? StoreStatus.NotStored : StoreStatus.NotFound;
        }

        if (command.HasCompare && command.Compare != seen.Cas)
        {
            return StoreStatus.Exists;
        }

        return command is { Kind: CommandKind.Put, Mode: StoreMode.Add, HasCompare: false } ? StoreStatus.NotStored : StoreStatus.Ok;
    }

    private CommandResult PlanPut(StoreBatch batch, in BatchCommand command, in SeenItem seen, ref PlannedWrite write)
    {
        long valueAt = command.ValueAt;
        int valueLength = command.ValueLength;
        ValueSource source = ValueSource.Input;
        uint flags = command.ClientFlags;
        long expiry = command.ExpiryMilliseconds;
        if (command.Mode is StoreMode.Append or StoreMode.Prepend)
        {
            (flags, expiry, source) = (seen.ClientFlags, seen.ExpiryMilliseconds, ValueSource.Scratch);
            ReadOnlySpan<byte> added = batch.Input.Slice(command.ValueAt, command.ValueLength);
            valueLength = checked(added.Length + seen.Value.Length);
            if (Fits(command.KeyLength, valueLength, flags))
            {
                bool append = command.Mode == StoreMode.Append;
                Span<byte> joined = batch.Plan.Scratch.Add(valueLength, out valueAt);
                (append ? seen.Value : added).CopyTo(joined);
                (append ? added : seen.Value).CopyTo(joined[(append ? seen.Value : added).Length..]);
            }
        }

        if (!Fits(command.KeyLength, valueLength, flags))
        {
            return new CommandResult(StoreStatus.TooLarge);
        }

        write.IsThere = true;
        write.IsTouched = false;
        write.Source = source;
        write.ValueAt = valueAt;
        write.ValueLength = valueLength;
        write.ClientFlags = flags;
        write.ExpiryMilliseconds = expiry;
        write.KeptCas = 0;
        write.Extra = 0;
        return new CommandResult(StoreStatus.Ok, 0, 0, flags, expiry);
    }

    private static CommandResult PlanCount(StoreBatch batch, in BatchCommand command, in SeenItem seen, ref PlannedWrite write)
    {
        if (!DecimalText.TryRead(seen.Value, out ulong number))
        {
            return new CommandResult(StoreStatus.NotNumeric, seen.Cas);
        }

        number = command.Decrement ? (number > command.Delta ? number - command.Delta : 0) : number + command.Delta;
        int before = seen.Value.Length;
        Span<byte> text = batch.Plan.Scratch.Add(Math.Max(before, DecimalText.MaxDigits), out long at);
        int digits = DecimalText.Write(text, number).Length;
        int length = Math.Max(digits, before);
        text[digits..length].Fill((byte)' ');
        write.IsThere = true;
        write.IsTouched = false;
        write.Source = ValueSource.Scratch;
        write.ValueAt = at;
        write.ValueLength = length;
        write.ClientFlags = seen.ClientFlags;
        write.ExpiryMilliseconds = seen.ExpiryMilliseconds;
        write.KeptCas = 0;
        write.Extra = (byte)(seen.Extra & RecordLayout.BinaryKey);
        return new CommandResult(StoreStatus.Ok, 0, number, seen.ClientFlags, seen.ExpiryMilliseconds);
    }

    /// <summary>A plan that leaves the key as the store has it.</summary>
    private static void KeepAsIs(ref PlannedWrite write, in SeenItem seen)
    {
        write.IsThere = seen.IsThere;
        write.IsTouched = false;
        write.Source = ValueSource.Present;
        write.ValueLength = seen.Value.Length;
        write.ClientFlags = seen.ClientFlags;
        write.ExpiryMilliseconds = seen.ExpiryMilliseconds;
        write.KeptCas = seen.Cas;
        write.Extra = seen.Extra;
    }
}
