using System.Runtime.CompilerServices;
using AotKv.Engine.Namespaces;

namespace AotKv.Engine.Transactions;

/// <summary>
/// Commands that happen all at once or not at all: atomic, strictly serialisable, whole or absent after a crash. Commands run in order and
/// see what those before them did. Filled, run by <see cref="Store.Run"/>, read, cleared and used again; one thread at a time.
/// </summary>
public sealed class StoreBatch : IDisposable
{
    /// <summary>The most commands of a batch.</summary>
    public const int MaxCommands = 1_000_000;

    private readonly ByteList _input = new();
    private readonly ByteList _output = new();
    private BatchCommand[] _commands = new BatchCommand[16];
    private CommandResult[] _results = new CommandResult[16];

    /// <summary>The most bytes that all values read may have together, 0 to 1 GiB (the default): a batch that would read more fails with TooLarge.</summary>
    public int OutputLimitBytes { get; set; } = 1 << 30;

    /// <summary>Commands in it.</summary>
    public int Count { get; private set; }

    /// <summary>Results, one per command; of a batch that failed those up to the failure.</summary>
    public ReadOnlySpan<CommandResult> Results => _results.AsSpan(0, Count);

    internal ReadOnlySpan<byte> Input => _input.Written;

    internal ByteList Output => _output;

    /// <summary>How many of the commands may write.</summary>
    internal int Writes { get; private set; }

    internal Span<BatchCommand> Commands => _commands.AsSpan(0, Count);

    internal Span<CommandResult> ResultSlots => _results.AsSpan(0, Count);

    internal BatchPlan Plan { get; } = new();

    /// <summary>Set by a value that did not fit.</summary>
    internal bool IsOutputFull { get; private set; }

    /// <summary>Forgets what was read: the batch is run once more.</summary>
    internal void ClearOutput()
    {
        IsOutputFull = false;
        _output.Clear();
    }

    /// <summary>Whether a value fits what may still be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TakesOutput(int bytes)
    {
        IsOutputFull |= bytes > OutputLimitBytes - _output.Count;
        return !IsOutputFull;
    }

    /// <summary>Whether a value can be taken without limit or growth coming in between.</summary>
    internal bool HasOutputRoom(int bytes) => bytes <= OutputLimitBytes - _output.Count && bytes <= _output.Room;

    /// <summary>The value that a command brings.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> ValueIn(in BatchCommand command) => _input.Read(command.ValueAt, command.ValueLength);

    /// <summary>The key of a command.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ReadOnlySpan<byte> KeyOf(in BatchCommand command) => _input.Read(command.KeyAt, command.KeyLength);

    /// <summary>The value that a get has read.</summary>
    /// <param name="index">The command's index.</param>
    public ReadOnlySpan<byte> ValueOf(int index) =>
        _output.Read(Results[index].ValueAt, Results[index].ValueLength);

    /// <summary>Empties the batch; what it holds on to is kept for the next use.</summary>
    public void Clear()
    {
        Count = 0;
        Writes = 0;
        _input.Clear();
        ClearOutput();
    }

    /// <summary>Adds a read.</summary>
    /// <returns>The command's index.</returns>
    public int Get(StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        Add(CommandKind.Get, ns, key);
        return Count - 1;
    }

    /// <summary>Adds a look whether a key is there.</summary>
    /// <returns>The command's index.</returns>
    public int Exists(StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        Add(CommandKind.Exists, ns, key);
        return Count - 1;
    }

    /// <summary>Adds a store.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="put">As for <see cref="Store.Put"/>, without options.</param>
    /// <param name="isRequired">The whole batch fails when this command does not store.</param>
    /// <returns>The command's index.</returns>
    public int Put(StoreNamespace ns, ReadOnlySpan<byte> key, in PutRequest put, bool isRequired = false)
    {
        int valueAt = _input.Add(put.Value);
        ref BatchCommand command = ref AddWrite(CommandKind.Put, ns, key, isRequired);
        command.Mode = put.Mode;
        command.ClientFlags = put.ClientFlags;
        command.ExpiryMilliseconds = put.ExpiryMilliseconds;
        command.HasCompare = put.HasCompare;
        command.Compare = put.Compare;
        command.ValueAt = valueAt;
        command.ValueLength = put.Value.Length;
        return Count - 1;
    }

    /// <summary>Adds a delete.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="compare">The CAS id the item must have; 0 any.</param>
    /// <param name="isRequired">The whole batch fails when this command deletes nothing.</param>
    /// <returns>The command's index.</returns>
    public int Delete(StoreNamespace ns, ReadOnlySpan<byte> key, ulong compare = 0, bool isRequired = false)
    {
        ref BatchCommand command = ref AddWrite(CommandKind.Delete, ns, key, isRequired);
        command.HasCompare = compare != 0;
        command.Compare = compare;
        return Count - 1;
    }

    /// <summary>Adds arithmetic.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="delta">How much.</param>
    /// <param name="decrement">Take instead of add.</param>
    /// <param name="isRequired">The whole batch fails when this command cannot count.</param>
    /// <returns>The command's index.</returns>
    public int Arithmetic(StoreNamespace ns, ReadOnlySpan<byte> key, ulong delta, bool decrement = false, bool isRequired = false)
    {
        ref BatchCommand command = ref AddWrite(CommandKind.Count, ns, key, isRequired);
        command.Delta = delta;
        command.Decrement = decrement;
        return Count - 1;
    }

    /// <summary>Adds another expiry.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <param name="isRequired">The whole batch fails when the item is not there.</param>
    /// <returns>The command's index.</returns>
    public int Touch(StoreNamespace ns, ReadOnlySpan<byte> key, long expiryMilliseconds, bool isRequired = false)
    {
        ref BatchCommand command = ref AddWrite(CommandKind.Touch, ns, key, isRequired);
        command.ExpiryMilliseconds = expiryMilliseconds;
        return Count - 1;
    }

    /// <summary>Adds the condition that an item has a CAS id: otherwise the whole batch fails with Exists or NotFound.</summary>
    /// <returns>The command's index.</returns>
    public int Require(StoreNamespace ns, ReadOnlySpan<byte> key, ulong cas)
    {
        ref BatchCommand command = ref Add(CommandKind.Exists, ns, key);
        command.HasCompare = true;
        command.Compare = cas;
        command.IsRequired = true;
        return Count - 1;
    }

    /// <summary>Adds the condition that a key is absent: otherwise the whole batch fails with Exists.</summary>
    /// <returns>The command's index.</returns>
    public int RequireAbsent(StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        ref BatchCommand command = ref Add(CommandKind.Exists, ns, key);
        command.MustBeAbsent = true;
        command.IsRequired = true;
        return Count - 1;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref BatchCommand AddWrite(CommandKind kind, StoreNamespace ns, ReadOnlySpan<byte> key, bool isRequired)
    {
        ref BatchCommand command = ref Add(kind, ns, key);
        command.IsRequired = isRequired;
        Writes++;
        return ref command;
    }

    /// <summary>Adds a command that is all zeros but for its kind and key. The last step is that it counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref BatchCommand Add(CommandKind kind, StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(ns);
        if (key.Length is 0 or > Log.RecordLayout.MaxKeyBytes || Count == _commands.Length)
        {
            CheckAndGrow(key);
        }

        int keyAt = _input.Add(key);
        ref BatchCommand command = ref _commands[Count];
        command = default;
        command.Kind = kind;
        command.Namespace = ns.Number;
        command.HashSalt = ns.HashSalt;
        command.KeyAt = keyAt;
        command.KeyLength = key.Length;
        Count++;
        return ref command;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckAndGrow(ReadOnlySpan<byte> key)
    {
        if (key.Length is 0 or > Log.RecordLayout.MaxKeyBytes)
        {
            throw new ArgumentException("a key has 1 to 65,535 bytes", nameof(key));
        }

        if (Count == MaxCommands)
        {
            throw new InvalidOperationException($"a batch has at most {MaxCommands} commands");
        }

        if (Count == _commands.Length)
        {
            int length = Math.Min(Count * 2, MaxCommands);
            Array.Resize(ref _results, length);
            Array.Resize(ref _commands, length);
        }
    }
}
