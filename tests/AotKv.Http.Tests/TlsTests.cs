using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task Door_speaks_tls_with_the_certificate_of_the_moment_and_plain_where_told()
    {
        using X509Certificate2 first = Make("first");
        using X509Certificate2 second = Make("second");
        X509Certificate2 current = first;
        HttpOptions options = new()
        {
            Listen = [new("127.0.0.1", 0), new("127.0.0.1", 0, IsPlain: true)],
            Tls = () => new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(current, null, offline: true) },
        };
        using RunningDoor door = new(options);
        Assert.Equal(HttpStatusCode.OK, await Ask(first, new Version(1, 1)));
        Assert.Equal(HttpStatusCode.OK, await Ask(first, new Version(2, 0)));
        current = second;
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask(first, new Version(1, 1)));
        Assert.Equal(HttpStatusCode.OK, await Ask(second, new Version(1, 1)));
        using HttpClient plain = new() { BaseAddress = new Uri($"http://{door.Door.EndPoints[1]}") };
        Assert.Equal(HttpStatusCode.OK, (await plain.Get("/v1/ns")).Status);

        async Task<HttpStatusCode> Ask(X509Certificate2 expected, Version version)
        {
            using SocketsHttpHandler handler = new();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, got, _, _) => got!.GetCertHashString() == expected.GetCertHashString();
            using HttpClient client = new(handler);
            using HttpRequestMessage request = new(HttpMethod.Get, $"https://{door.EndPoint}/v1/ns/default/keys")
            {
                Version = version,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            return (await client.Ask(request)).Status;
        }
    }

    private static X509Certificate2 Make(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
