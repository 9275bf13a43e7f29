using AotKv.Protocol;

namespace AotKv.Server.Sessions;

/// <summary>
/// What a session remembers of the request its phase is about. It is made when a request cannot be finished at once for the first time: the
/// many connections that never have one, idle ones among them, do without its hundred bytes.
/// </summary>
internal sealed partial class Session
{
    private PendingRequest? _pending;

    private PendingRequest Pending => _pending ??= new();

    private sealed class PendingRequest
    {
        /// <summary>The request.</summary>
        public Request Request;

        /// <summary>Phase.Upload and PacketUpload: the data block as far as it has come.</summary>
        public Upload Upload;

        /// <summary>Phase.Swallow and PacketSwallow: bytes to drop.</summary>
        public long Swallow;

        /// <summary>Phase.Get: where in the keys to go on.</summary>
        public int Position;
    }
}
