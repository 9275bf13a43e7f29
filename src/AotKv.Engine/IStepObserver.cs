namespace AotKv.Engine;

/// <summary>Told of every step of the store's own thread, on that thread: for measuring how long a step holds what operations need.</summary>
internal interface IStepObserver
{
    /// <summary>A step begins.</summary>
    void Begin();

    /// <summary>It has ended.</summary>
    /// <param name="what">Its kind.</param>
    void End(string what);
}
