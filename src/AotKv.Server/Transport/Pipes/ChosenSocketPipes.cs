namespace AotKv.Server.Transport.Pipes;

/// <summary>Which pipes a build uses. The adapter of Pipelines.Sockets.Unofficial brings its own when it is compiled instead.</summary>
internal static class ChosenSocketPipes
{
    public static ISocketPipes Create() => new SocketPipes();
}
