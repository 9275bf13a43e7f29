using System.IO.Pipelines;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace AotKv.Server.Transport.Pipes;

/// <summary>
/// Pipes of the package Pipelines.Sockets.Unofficial. Compiled only with <c>-p:PipelinesSocketsUnofficial=true</c>, where the package
/// feed has it.
/// </summary>
internal sealed class PipelinesSocketsUnofficialPipes : ISocketPipes
{
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline,
        writerScheduler: PipeScheduler.Inline,
        pauseWriterThreshold: ServerLimits.ReplyBufferBytes,
        resumeWriterThreshold: ServerLimits.ReplyBufferBytes / 2,
        useSynchronizationContext: false);

    public string Name => "pipelines (Pipelines.Sockets.Unofficial)";

    public ISocketPipe Open(Socket socket) => new Connection(
        SocketConnection.Create(
            socket, Options, Options, SocketConnectionOptions.ZeroLengthReads | SocketConnectionOptions.InlineReads | SocketConnectionOptions.InlineWrites));

    private sealed class Connection(SocketConnection connection) : ISocketPipe
    {
        private const int PollMs = 1;

        public PipeReader Input => connection.Input;

        public PipeWriter Output => connection.Output;

        public async ValueTask CloseAsync()
        {
            await Output.CompleteAsync().ConfigureAwait(false);

            // The package does not say when its pump has sent everything; it counts what is left.
            while (connection.GetCounters().BytesWaitingToBeSent > 0 && connection.ShutdownKind == PipeShutdownKind.None)
            {
                await Task.Delay(PollMs).ConfigureAwait(false);
            }

            await Input.CompleteAsync().ConfigureAwait(false);
            Abort();
        }

        public void Abort() => connection.Dispose();
    }
}

/// <summary>Which pipes a build uses: this one's.</summary>
internal static class ChosenSocketPipes
{
    public static ISocketPipes Create() => new PipelinesSocketsUnofficialPipes();
}
