using AotKv.Engine.Namespaces;
using CommunityToolkit.HighPerformance.Buffers;

namespace AotKv.Engine.Transactions;

/// <summary>
/// Commands that happen all at once or not at all: atomic, strictly serialisable, whole or absent after a crash. Commands run in order and
/// see what those before them did. Filled, run by <see cref="Store.Run"/>, read, cleared and used again; one thread at a time.
/// </summary>
public sealed class StoreBatch : IDisposable
{
    /// <summary>The most commands of a batch.</summary>
    public const int MaxCommands = 1_000_000;

    private readonly ArrayPoolBufferWriter<byte> _input = new();
    private readonly ArrayPoolBufferWriter<byte> _output = new();
    private BatchCommand[] _commands = new BatchCommand[16];
    private CommandResult[] _results = new CommandResult[16];

    /// <summary>The most bytes that all values read may have together, 0 to 1 GiB (the default): a batch that would read more fails with TooLarge.</summary>
    public int OutputLimitBytes { get; set; } = 1 << 30;

    /// <summary>Commands in it.</summary>
    public int Count { get; private set; }

    /// <summary>Results, one per command; of a batch that failed those up to the failure.</summary>
    public ReadOnlySpan<CommandResult> Results => _results.AsSpan(0, Count);

    internal ReadOnlySpan<byte> Input => _input.WrittenSpan;

    internal ArrayPoolBufferWriter<byte> Output => _output;

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
    internal bool TakesOutput(int bytes)
    {
        IsOutputFull |= bytes > OutputLimitBytes - _output.WrittenCount;
        return !IsOutputFull;
    }

    /// <summary>The value that a get has read.</summary>
    /// <param name="index">The command's index.</param>
    public ReadOnlySpan<byte> ValueOf(int index) =>
        _output.WrittenSpan.Slice(Results[index].ValueAt, Results[index].ValueLength);

    /// <summary>Empties the batch; what it holds on to is kept for the next use.</summary>
    public void Clear()
    {
        Count = 0;
        _input.Clear();
        ClearOutput();
    }

    /// <summary>Adds a read.</summary>
    /// <returns>The command's index.</returns>
    public int Get(StoreNamespace ns, ReadOnlySpan<byte> key) => Add(new BatchCommand { Kind = CommandKind.Get }, ns, key);

    /// <summary>Adds a look whether a key is there.</summary>
    /// <returns>The command's index.</returns>
    public int Exists(StoreNamespace ns, ReadOnlySpan<byte> key) => Add(new BatchCommand { Kind = CommandKind.Exists }, ns, key);

    /// <summary>Adds a store.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="put">As for <see cref="Store.Put"/>, without options.</param>
    /// <param name="isRequired">The whole batch fails when this command does not store.</param>
    /// <returns>The command's index.</returns>
    public int Put(StoreNamespace ns, ReadOnlySpan<byte> key, in PutRequest put, bool isRequired = false)
    {
        var command = new BatchCommand
        {
            Kind = CommandKind.Put,
            Mode = put.Mode,
            ClientFlags = put.ClientFlags,
            ExpiryMilliseconds = put.ExpiryMilliseconds,
            HasCompare = put.HasCompare,
            Compare = put.Compare,
            IsRequired = isRequired,
            ValueLength = put.Value.Length,
        };
        int index = Add(command, ns, key);
        _commands[index].ValueAt = Append(put.Value);
        return index;
    }

    /// <summary>Adds a delete.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="compare">The CAS id the item must have; 0 any.</param>
    /// <param name="isRequired">The whole batch fails when this command deletes nothing.</param>
    /// <returns>The command's index.</returns>
    public int Delete(StoreNamespace ns, ReadOnlySpan<byte> key, ulong compare = 0, bool isRequired = false) =>
        Add(new BatchCommand { Kind = CommandKind.Delete, HasCompare = compare != 0, Compare = compare, IsRequired = isRequired }, ns, key);

    /// <summary>Adds arithmetic.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="delta">How much.</param>
    /// <param name="decrement">Take instead of add.</param>
    /// <param name="isRequired">The whole batch fails when this command cannot count.</param>
    /// <returns>The command's index.</returns>
    public int Arithmetic(StoreNamespace ns, ReadOnlySpan<byte> key, ulong delta, bool decrement = false, bool isRequired = false) =>
        Add(new BatchCommand { Kind = CommandKind.Count, Delta = delta, Decrement = decrement, IsRequired = isRequired }, ns, key);

    /// <summary>Adds another expiry.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="key">The key.</param>
    /// <param name="expiryMilliseconds">Milliseconds since 1970 (UTC), 0 never.</param>
    /// <param name="isRequired">The whole batch fails when the item is not there.</param>
    /// <returns>The command's index.</returns>
    public int Touch(StoreNamespace ns, ReadOnlySpan<byte> key, long expiryMilliseconds, bool isRequired = false) =>
        Add(new BatchCommand { Kind = CommandKind.Touch, ExpiryMilliseconds = expiryMilliseconds, IsRequired = isRequired }, ns, key);

    /// <summary>Adds the condition that an item has a CAS id: otherwise the whole batch fails with Exists or NotFound.</summary>
    /// <returns>The command's index.</returns>
    public int Require(StoreNamespace ns, ReadOnlySpan<byte> key, ulong cas) =>
        Add(new BatchCommand { Kind = CommandKind.Exists, HasCompare = true, Compare = cas, IsRequired = true }, ns, key);

    /// <summary>Adds the condition that a key is absent: otherwise the whole batch fails with Exists.</summary>
    /// <returns>The command's index.</returns>
    public int RequireAbsent(StoreNamespace ns, ReadOnlySpan<byte> key) =>
        Add(new BatchCommand { Kind = CommandKind.Exists, MustBeAbsent = true, IsRequired = true }, ns, key);

    /// <inheritdoc/>
    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private int Add(BatchCommand command, StoreNamespace ns, ReadOnlySpan<byte> key)
    {
        ArgumentNullException.ThrowIfNull(ns);
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
            Array.Resize(ref _commands, Count * 2);
            Array.Resize(ref _results, Count * 2);
        }

        command.Namespace = ns.Number;
        command.KeyAt = Append(key);
        command.KeyLength = key.Length;
        _commands[Count] = command;
        return Count++;
    }

    private int Append(ReadOnlySpan<byte> bytes)
    {
        int at = _input.WrittenCount;
        bytes.CopyTo(_input.GetSpan(Math.Max(bytes.Length, 1)));
        _input.Advance(bytes.Length);
        return at;
    }
}
