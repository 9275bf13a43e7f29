using System.Net;
using AotKv.Process;

namespace AotKv.Tests;

public sealed class PortFileTests
{
    [Fact]
    public void Format_names_every_address_as_memcached_does() =>
        Assert.Equal(
            "TCP INET: 5\nTCP INET6: 6\nUDP INET: 7\n",
            PortFile.Format([new IPEndPoint(IPAddress.Any, 5), new IPEndPoint(IPAddress.IPv6Any, 6)], [new IPEndPoint(IPAddress.Loopback, 7)]));
}
