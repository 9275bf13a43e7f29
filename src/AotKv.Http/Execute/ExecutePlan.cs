using System.Buffers.Text;
using AotKv.Engine;
using AotKv.Engine.Transactions;

namespace AotKv.Http.Execute;

/// <summary>Turns the commands of a request into those of a batch. Nothing has run yet when it finds a mistake.</summary>
internal readonly struct ExecutePlan
{
    /// <summary>The engine's keys have a byte at least; no text has this one.</summary>
    public static ReadOnlySpan<byte> EmptyKey => [0xff];

    private const int MaxKeyBytes = 65_535;

    private readonly ExecuteRequest _request;
    private readonly StoreBatch _batch;
    private readonly long _now;

    public ExecutePlan(ExecuteRequest request, StoreBatch batch, long nowMilliseconds)
    {
        _request = request;
        _batch = batch;
        _now = nowMilliseconds;
    }

    /// <summary>Fills the batch.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public string? Fill(ReadOnlySpan<byte> body)
    {
        foreach (ref ExecuteCommand command in _request.Commands)
        {
            ReadOnlySpan<byte> key = _request.Text(body, command.Key);
            if (key.Length > MaxKeyBytes)
            {
                return $"a key has at most {MaxKeyBytes} bytes";
            }

            if (!TryAdd(ref command, key.IsEmpty ? EmptyKey : key, _request.Text(body, command.Value)))
            {
                return "the amount of an INCR is a whole number: by, or value";
            }
        }

        return null;
    }

    /// <summary>The command of the request that a command of the batch belongs to; -1 for none.</summary>
    public int OwnerOf(int batchIndex)
    {
        Span<ExecuteCommand> commands = _request.Commands;
        for (int i = 0; i < commands.Length && batchIndex >= 0; i++)
        {
            if (batchIndex <= commands[i].ResultIndex)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Conditions come before what they guard; the last command added gives the result.</summary>
    private bool TryAdd(ref ExecuteCommand command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var ns = command.Namespace!;
        if (command.HasIfRevision)
        {
            _batch.Require(ns, key, command.IfRevision);
        }

        if (command.IfAbsent)
        {
            _batch.RequireAbsent(ns, key);
        }

        long expiry = command.TtlMilliseconds <= 0 ? 0 : _now + command.TtlMilliseconds;
        switch (command.Kind)
        {
            case ExecuteKind.Get:
                command.ResultIndex = _batch.Get(ns, key);
                return true;
            case ExecuteKind.Set:
                PutRequest put = new() { Value = value, ClientFlags = command.Flags, ExpiryMilliseconds = expiry };
                command.ResultIndex = _batch.Put(ns, key, put, isRequired: true);
                return true;
            case ExecuteKind.Delete:
                command.ResultIndex = _batch.Delete(ns, key);
                return true;
            case ExecuteKind.Ttl when command.TtlMilliseconds >= 0:
                command.ResultIndex = _batch.Touch(ns, key, expiry);
                return true;
            case ExecuteKind.Increment:
                return TryAddIncrement(ref command, key, value, expiry);
            default:
                command.ResultIndex = _batch.Exists(ns, key);
                return true;
        }
    }

    /// <summary>A number that is not there begins at 0.</summary>
    private bool TryAddIncrement(ref ExecuteCommand command, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long expiry)
    {
        long delta = command.HasDelta ? command.Delta : 1;
        if (!command.HasDelta && !value.IsEmpty && (!Utf8Parser.TryParse(value, out delta, out int read) || read != value.Length))
        {
            return false;
        }

        PutRequest zero = new() { Value = "0"u8, Mode = StoreMode.Add, ClientFlags = command.Flags, ExpiryMilliseconds = expiry };
        _batch.Put(command.Namespace!, key, zero);
        ulong amount = delta < 0 ? (ulong)-(delta + 1) + 1 : (ulong)delta;
        command.ResultIndex = _batch.Arithmetic(command.Namespace!, key, amount, delta < 0, isRequired: true);
        return true;
    }
}
