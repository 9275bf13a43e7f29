namespace AotKv.Engine;

/// <summary>Where replies to writes wait until the log is on disk; one sync serves all that wait.</summary>
public sealed class DurabilityGate : IDurabilityListener
{
    private readonly Store _store;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, ulong> _waiting = new(); // _lock

    /// <summary>Listens to a store for as long as that lives: one gate for each door.</summary>
    /// <param name="store">The store.</param>
    public DurabilityGate(Store store)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        store.AddDurabilityListener(this);
    }

    /// <summary>Waits until a revision is on disk.</summary>
    /// <param name="revision">The revision.</param>
    /// <exception cref="IOException">The log cannot be written any more: nothing may be acknowledged.</exception>
    public ValueTask WaitAsync(ulong revision)
    {
        if (_store.DurableRevision >= revision)
        {
            return ValueTask.CompletedTask;
        }

        TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(source, revision);
        }

        _store.RequestDurable(revision);

        // It may have come about, or failed, before this one stood in the queue.
        Release(_store.DurableRevision, _store.Failure);
        return new ValueTask(source.Task);
    }

    /// <inheritdoc/>
    public void OnDurable(ulong revision) => Release(revision, null);

    /// <inheritdoc/>
    public void OnFailed(string reason) => Release(0, reason);

    private void Release(ulong durable, string? failure)
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out TaskCompletionSource? source, out ulong revision) && (revision <= durable || failure != null))
            {
                _waiting.Dequeue();
                if (revision <= durable)
                {
                    source.SetResult();
                }
                else
                {
                    source.SetException(new IOException($"the log cannot be written: {failure}"));
                }
            }
        }
    }
}
