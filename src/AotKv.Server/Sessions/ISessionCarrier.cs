namespace AotKv.Server.Sessions;

/// <summary>A transport's connection, as its session sees it. An interface and not a delegate: a connection that is idle should cost little.</summary>
internal interface ISessionCarrier
{
    /// <summary>Any thread: the session has something to say without being asked.</summary>
    void Wake();
}
