using System.Globalization;
using System.Text;
using AotKv.Server.Sessions;
using AotKv.Server.Transport;

namespace AotKv.Server.Stats;

/// <summary><c>stats conns</c>: listeners and connections, some at a time.</summary>
internal sealed class ConnectionsReply : LongReply
{
    private const int ConnectionsPerStep = 64;

    private readonly IEnumerator<ConnectionInfo> _connections;
    private readonly int _asking;

    /// <param name="state">Whose connections.</param>
    /// <param name="asking">The connection that asks: its state is that it does.</param>
    public ConnectionsReply(ServerState state, int asking)
    {
        _connections = state.ListConnections().GetEnumerator();
        _asking = asking;
    }

    public override void Dispose()
    {
        _connections.Dispose();
        base.Dispose();
    }

    protected override bool Work()
    {
        StatsWriter stats = new(Text);
        for (int i = 0; i < ConnectionsPerStep; i++)
        {
            if (!_connections.MoveNext())
            {
                stats.End();
                return false;
            }

            Write(stats, _connections.Current);
        }

        return true;
    }

    private void Write(StatsWriter stats, ConnectionInfo connection)
    {
        if (connection.Name.IsDatagram)
        {
            stats.Line(Name(connection.Id, "UDP"), "UDP"u8);
        }

        stats.Line(Name(connection.Id, "addr"), connection.Name.ToString());
        if (connection.ListenName is { } listener)
        {
            stats.Line(Name(connection.Id, "listen_addr"), listener.ToString());
        }

        stats.Line(Name(connection.Id, "state"), connection.Id == _asking ? "conn_parse_cmd" : connection.State);
        stats.Line(Name(connection.Id, "secs_since_last_cmd"), connection.Id == _asking ? 0 : Math.Max(0, connection.IdleSeconds));
    }

    private static byte[] Name(int id, string name) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}:{name}"));
}
