namespace AotKv.Server.Transport;

/// <summary>Two transports side by side: one for plain listeners, one for those with TLS.</summary>
internal sealed class SplitTransport(ITransport plain, ITransport secured) : ITransport
{
    public string Name => plain.Name;

    public int Loops => plain.Loops;

    public IEnumerable<ConnectionInfo> Connections => plain.Connections.Concat(secured.Connections);

    public void Start(IReadOnlyList<Listener> listeners)
    {
        plain.Start([.. listeners.Where(listener => !listener.IsSecured)]);
        secured.Start([.. listeners.Where(listener => listener.IsSecured)]);
    }

    /// <summary>Both stop at the same time: each waits for its own clients.</summary>
    public void Stop(Action release)
    {
        int users = 2;
        Task other = Task.Run(() => secured.Stop(Release));
        plain.Stop(Release);
        other.Wait();

        void Release()
        {
            if (Interlocked.Decrement(ref users) == 0)
            {
                release();
            }
        }
    }

    public void Dispose()
    {
        plain.Dispose();
        secured.Dispose();
    }
}
