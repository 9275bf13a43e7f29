namespace AotKv.Server.Transport;

/// <summary>Accepts connections and carries bytes between them and their sessions.</summary>
internal interface ITransport : IDisposable
{
    /// <summary>Its name in the statistics.</summary>
    string Name { get; }

    /// <summary>How many loops it has.</summary>
    int Loops { get; }

    /// <summary>Listeners and connections at this moment; any thread.</summary>
    IEnumerable<ConnectionInfo> Connections { get; }

    /// <summary>Begins to accept.</summary>
    /// <param name="listeners">They stay the caller's.</param>
    void Start(IReadOnlyList<Listener> listeners);

    /// <summary>
    /// Stops accepting, answers what has been received, sends what is owed to clients that read, within the deadline of the
    /// options, and closes all connections.
    /// </summary>
    /// <param name="release">Called as soon as the listeners are not used any more.</param>
    void Stop(Action release);
}
