using AotKv.Engine.Log;
using AotKv.Engine.Memtable;
using AotKv.Engine.Transactions;

namespace AotKv.Engine;

/// <content>
/// The transaction of one command, apart from the rest: a get, or a store whatever there was before, takes one stripe and needs no plan. Where
/// anything is unusual nothing has happened and the general way is gone.
/// </content>
public sealed unsafe partial class Store
{
    private bool TryRunOne(StoreBatch batch, out BatchOutcome outcome)
    {
        ref readonly BatchCommand command = ref batch.Commands[0];
        outcome = new BatchOutcome(StoreStatus.Ok, 0, -1);
        return command.Kind == CommandKind.Get ? TryGetOne(batch, command)
            : command.IsPlainPut && TryPutOne(batch, command, out outcome);
    }

    private bool TryGetOne(StoreBatch batch, in BatchCommand command)
    {
        ApplyDueFlush();
        batch.ClearOutput();
        ReadOnlySpan<byte> bytes = batch.KeyOf(command);
        var key = new ItemKey(bytes, _hash.Hash(bytes) ^ command.HashSalt, command.Namespace);
        ref CommandResult result = ref batch.ResultSlots[0];
        bool isDone = true;
        Stripe* stripe = _table.Lock(key.Hash);
        ulong* slot = _table.Find(stripe, key, out Record record, willReadValue: true);
        if (slot == null || !IsVisible(record, Clock.Milliseconds))
        {
            result = new CommandResult(StoreStatus.NotFound);
        }
        else if (batch.HasOutputRoom(record.Value.Length))
        {
            // Nothing grows here, so nothing is thrown while the stripe is locked.
            Take(batch, slot, record, ref result);
        }
        else
        {
            isDone = false;
        }

        Memtable.Memtable.Unlock(stripe);
        return isDone;
    }

    private bool TryPutOne(StoreBatch batch, in BatchCommand command, out BatchOutcome outcome)
    {
        outcome = default;
        if (!Fits(command.KeyLength, command.ValueLength, command.ClientFlags) || !BeforeWrite())
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = batch.KeyOf(command);
        var put = new PutRequest
        {
            Value = batch.ValueIn(command),
            ClientFlags = command.ClientFlags,
            ExpiryMilliseconds = command.ExpiryMilliseconds,
        };
        ulong revision = PutPlain(new ItemKey(bytes, _hash.Hash(bytes)), put);
        if (revision == 0)
        {
            return false;
        }

        batch.ClearOutput();
        batch.ResultSlots[0] = new CommandResult(StoreStatus.Ok, 0, 0, command.ClientFlags, command.ExpiryMilliseconds);
        outcome = new BatchOutcome(StoreStatus.Ok, revision, -1);
        return true;
    }
}
