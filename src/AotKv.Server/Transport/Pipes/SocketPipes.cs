using System.IO.Pipelines;
using System.Net.Sockets;

namespace AotKv.Server.Transport.Pipes;

/// <summary>Pipes over the framework's sockets.</summary>
internal sealed class SocketPipes : ISocketPipes
{
    public string Name => "pipelines";

    public ISocketPipe Open(Socket socket) => new SocketPipe(socket);

    /// <summary>
    /// Two pipes and two pumps. The pipes run their continuations inline, and stop their writer at the size of a reply buffer,
    /// so that neither a client that sends nor one that does not read makes them grow.
    /// </summary>
    private sealed class SocketPipe : ISocketPipe
    {
        private const int SegmentBytes = 16 << 10;
        private const int MinReceiveBytes = 2 << 10;

        private static readonly PipeOptions Options = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: ServerLimits.ReplyBufferBytes,
            resumeWriterThreshold: ServerLimits.ReplyBufferBytes / 2,
            minimumSegmentSize: SegmentBytes,
            useSynchronizationContext: false);

        private readonly Socket _socket;
        private readonly Pipe _received = new(Options);
        private readonly Pipe _toSend = new(Options);
        private readonly Task _receiving;
        private readonly Task _sending;

        public SocketPipe(Socket socket)
        {
            _socket = socket;
            _receiving = ReceiveAsync();
            _sending = SendAsync();
        }

        public PipeReader Input => _received.Reader;

        public PipeWriter Output => _toSend.Writer;

        public async ValueTask CloseAsync()
        {
            await Output.CompleteAsync().ConfigureAwait(false);
            await _sending.ConfigureAwait(false);
            Abort();
            await _receiving.ConfigureAwait(false);
            await Input.CompleteAsync().ConfigureAwait(false);
        }

        public void Abort() => _socket.Dispose();

        private async Task ReceiveAsync()
        {
            PipeWriter writer = _received.Writer;
            try
            {
                while (true)
                {
                    // Waits without a buffer, so that an idle connection owns none.
                    await _socket.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
                    int count = await _socket.ReceiveAsync(writer.GetMemory(MinReceiveBytes)).ConfigureAwait(false);
                    if (count == 0)
                    {
                        break;
                    }

                    writer.Advance(count);
                    FlushResult result = await writer.FlushAsync().ConfigureAwait(false);
                    if (result.IsCompleted)
                    {
                        break;
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // The connection broke or was closed: for the session that is the end of the input.
            }

            await writer.CompleteAsync().ConfigureAwait(false);
        }

        private async Task SendAsync()
        {
            PipeReader reader = _toSend.Reader;
            try
            {
                while (true)
                {
                    ReadResult result = await reader.ReadAsync().ConfigureAwait(false);
                    foreach (ReadOnlyMemory<byte> part in result.Buffer)
                    {
                        await SendPartAsync(part).ConfigureAwait(false);
                    }

                    reader.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted)
                    {
                        _socket.Shutdown(SocketShutdown.Send);
                        break;
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                // Nobody takes the replies any more; the writer learns it from its next flush.
            }

            await reader.CompleteAsync().ConfigureAwait(false);
        }

        private async ValueTask SendPartAsync(ReadOnlyMemory<byte> part)
        {
            while (part.Length > 0)
            {
                int sent = await _socket.SendAsync(part).ConfigureAwait(false);
                part = part[sent..];
            }
        }
    }
}
