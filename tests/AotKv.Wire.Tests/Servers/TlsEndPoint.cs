using System.Net;

namespace AotKv.Wire.Tests.Servers;

/// <summary>A port on 127.0.0.1 that speaks TLS, with a certificate of <see cref="WireCertificates"/>.</summary>
internal sealed class TlsEndPoint(int port) : IPEndPoint(IPAddress.Loopback, port);
