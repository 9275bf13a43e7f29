using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using AotKv.Protocol.Binary;
using AotKv.Server.Auth;
using AotKv.Server.Tests.Support;
using AotKv.Server.Transport.Tls;

namespace AotKv.Server.Tests.Transport;

/// <summary>Who may shake hands with which listener, with which certificates, and what a broken handshake costs.</summary>
public sealed class TlsTests
{
    private const string Version = "VERSION 1.6.45\r\n";

    private static readonly ListenAddress Loopback = new("127.0.0.1", null);

    /// <summary>A second listener. With the first one's port, which the system has just given out, so that no other test can take it before.</summary>
    private static readonly ListenAddress Beside = new("127.0.0.2", null);

    [Fact]
    public void Plain_listener_beside_an_encrypted_one_serves_the_same_items()
    {
        using RunningServer server = Start(address => [address, Beside with { Security = ListenSecurity.Plain }]);
        using TestClient secured = new(server.Server.EndPoints[0], TestCertificates.Client());
        using TestClient plain = new(server.Server.EndPoints[1]);
        secured.Expect("set a 0 0 1\r\n1\r\n", "STORED\r\n");
        plain.Expect("get a\r\n", "VALUE a 0 1\r\n1\r\nEND\r\n");
        Assert.Equal("2", plain.Stat("curr_connections"));
        string connections = ReadAll(plain, "stats conns\r\n");
        Assert.Equal(2, connections.Split(":listen_addr ").Length - 1);
    }

    [Theory]
    [InlineData(TlsVerifyMode.None, false, true)]
    [InlineData(TlsVerifyMode.None, true, true)]
    [InlineData(TlsVerifyMode.Request, false, true)]
    [InlineData(TlsVerifyMode.Request, true, true)]
    [InlineData(TlsVerifyMode.Require, false, false)]
    [InlineData(TlsVerifyMode.Require, true, true)]
    [InlineData(TlsVerifyMode.Once, false, false)]
    [InlineData(TlsVerifyMode.Once, true, true)]
    public void Client_is_served_when_its_certificate_is_what_the_mode_asks_for(TlsVerifyMode mode, bool hasCertificate, bool isServed)
    {
        using RunningServer server = Start(tls: tls => tls with { VerifyMode = mode });
        Assert.Equal(isServed ? Version : "", Ask(server.EndPoint, hasCertificate ? TestCertificates.ClientCertificate : null));
    }

    [Theory]
    [InlineData(TlsVerifyMode.None, true)]
    [InlineData(TlsVerifyMode.Request, false)]
    [InlineData(TlsVerifyMode.Require, false)]
    public void Certificate_of_an_unknown_authority_is_served_only_when_nobody_looks(TlsVerifyMode mode, bool isServed)
    {
        using X509Certificate2 stranger = TestCertificates.Issue("client", TestCertificates.MakeAuthority("somebody else"));
        using RunningServer server = Start(tls: tls => tls with { VerifyMode = mode });
        Assert.Equal(isServed ? Version : "", Ask(server.EndPoint, stranger));

        // The client hears of the refusal before it is counted.
        Eventually.Equals(isServed ? "0" : "1", () => Stat(server, "ssl_handshake_errors", TestCertificates.ClientCertificate));
    }

    [Fact]
    public void Without_an_authority_no_certificate_of_a_client_is_valid()
    {
        using RunningServer server = Start(tls: tls => tls with { VerifyMode = TlsVerifyMode.Require, AuthorityPath = null });
        Assert.Equal("", Ask(server.EndPoint, TestCertificates.ClientCertificate));
    }

    [Theory]
    [InlineData(ListenSecurity.ClientCertificate, TlsVerifyMode.None, false)]
    [InlineData(ListenSecurity.NoClientCertificate, TlsVerifyMode.Require, true)]
    [InlineData(ListenSecurity.Default, TlsVerifyMode.Require, false)]
    public void Prefix_of_an_address_outranks_the_mode(ListenSecurity security, TlsVerifyMode mode, bool servesAnybody)
    {
        using RunningServer server = Start(address => [address with { Security = security }], tls => tls with { VerifyMode = mode });
        Assert.Equal(Version, Ask(server.EndPoint, TestCertificates.ClientCertificate));
        Assert.Equal(servesAnybody ? Version : "", Ask(server.EndPoint));
    }

    [Fact]
    public void Chain_of_the_server_is_sent_whole()
    {
        X509Certificate2 middle = TestCertificates.Issue("middle", TestCertificates.Authority, isAuthority: true);
        (string chain, string key) = TestCertificates.Write(TestCertificates.Issue("localhost", middle), "chained", middle);
        using RunningServer server = Start(tls: tls => tls with { ChainPath = chain, KeyPath = key });
        Assert.Equal(Version, Ask(server.EndPoint));
    }

    [Fact]
    public void Refreshed_certificates_are_for_new_connections_and_bad_ones_change_nothing()
    {
        (string chain, string key) = TestCertificates.Write(TestCertificates.Issue("localhost", TestCertificates.Authority), "refreshed");
        using RunningServer server = Start(tls: tls => tls with { ChainPath = chain, KeyPath = key });
        using TestClient before = server.Connect();
        before.Expect("version\r\n", Version);
        TestCertificates.Write(TestCertificates.Issue("localhost", TestCertificates.Authority), "refreshed");
        before.Expect("refresh_certs\r\n", "OK\r\n");
        using TestClient after = server.Connect();
        after.Expect("version\r\n", Version);
        string serial = after.Tls!.RemoteCertificate!.GetSerialNumberString();
        Assert.NotEqual(serial, before.Tls!.RemoteCertificate!.GetSerialNumberString());

        File.WriteAllText(key, "no key");
        before.Send("refresh_certs\r\n");
        Assert.Equal($"Error loading the key: -o ssl_key={key}: no private key in PEM is in it\r\n", before.ReadUntil("\r\n"));
        before.Expect("version\r\n", Version);
        using TestClient last = server.Connect();
        last.Expect("version\r\n", Version);
        Assert.Equal(serial, last.Tls!.RemoteCertificate!.GetSerialNumberString());
    }

    [Fact]
    public void Refresh_without_tls_says_so()
    {
        using RunningServer server = new(new());
        server.Connect().Use(client => { client.Expect("refresh_certs\r\n", "Error TLS not enabled\r\n"); return 0; });
    }

    [Fact]
    public void Settings_and_statistics_have_memcached_s_names()
    {
        using RunningServer server = Start(tls: tls => tls with { VerifyMode = TlsVerifyMode.Request, WriteBufferBytes = 64 << 10, MinVersion = TlsVersion.Tls13 });
        using TestClient client = server.Connect();
        string settings = ReadAll(client, "stats settings\r\n");
        string[] lines = [.. settings.Split("\r\n").Where(line => line.StartsWith("STAT ssl_", StringComparison.Ordinal)).Select(line => line[9..])];
        Assert.Equal(
            [
                "enabled yes", $"chain_cert {TestCertificates.Server.ChainPath}", $"key {TestCertificates.Server.KeyPath}", "verify_mode 1", "keyformat 1",
                "ciphers NULL", $"ca_cert {TestCertificates.AuthorityPath}", "wbuf_size 65536", "session_cache no", "kernel_tls no", "min_version tlsv1.3",
            ],
            lines);
        string general = ReadAll(client, "stats\r\n");
        Assert.Contains("STAT log_watchers 0\r\nSTAT ssl_handshake_errors 0\r\nSTAT ssl_proto_errors 0\r\nSTAT time_since_server_cert_refresh ", general, StringComparison.Ordinal);
        Assert.DoesNotContain("ssl_new_sessions", general, StringComparison.Ordinal);
    }

    [Fact]
    public void Older_version_than_the_oldest_allowed_is_refused()
    {
        using RunningServer server = Start(tls: tls => tls with { MinVersion = TlsVersion.Tls13 });
        Assert.Equal("", Ask(server.EndPoint, versions: SslProtocols.Tls12));
        Assert.Equal(Version, Ask(server.EndPoint, versions: SslProtocols.Tls13));
    }

    [Fact]
    public void Ciphers_are_those_of_the_list()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems choose their ciphers themselves");
        using RunningServer server = Start(tls: tls => tls with { Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:@STRENGTH" });
        using TestClient client = new(server.EndPoint, TestCertificates.Client(versions: SslProtocols.Tls12));
        client.Expect("version\r\n", Version);
        Assert.Equal(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, client.Tls!.NegotiatedCipherSuite);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Resumed_sessions_are_no_new_ones(SslProtocols version)
    {
        using RunningServer server = Start(tls: tls => tls with { ResumesSessions = true });
        SslClientAuthenticationOptions handshake = TestCertificates.Client(versions: version);
        handshake.AllowTlsResume = true;
        using TestClient other = server.Connect();

        // The first may resume a session that another test began: the framework shares what it knows of a certificate.
        Greet();
        string begun = other.Stat("ssl_new_sessions");
        Greet();
        Greet();
        Assert.Equal(begun, other.Stat("ssl_new_sessions"));
        handshake.AllowTlsResume = false;
        Greet();
        Assert.NotEqual(begun, other.Stat("ssl_new_sessions"));

        void Greet()
        {
            using TestClient client = new(server.EndPoint, handshake);
            client.Expect("version\r\n", Version);
        }
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Session_begun_without_a_certificate_does_not_open_a_listener_that_asks_for_one(SslProtocols version)
    {
        using RunningServer server = Start(
            address => [address, Beside with { Security = ListenSecurity.ClientCertificate }],
            tls => tls with { ResumesSessions = true });
        SslClientAuthenticationOptions handshake = TestCertificates.Client(versions: version);
        handshake.AllowTlsResume = true;
        for (int i = 0; i < 2; i++)
        {
            using TestClient welcome = new(server.Server.EndPoints[0], handshake);
            welcome.Expect("version\r\n", Version);
        }

        Assert.Equal("", Ask(server.Server.EndPoints[1], handshake));
    }

    [Fact]
    public void Text_without_tls_closes_the_connection_and_nothing_else()
    {
        using RunningServer server = Start();
        using TestClient before = server.Connect();
        before.Expect("version\r\n", Version);
        string reply = new TestClient(server.EndPoint).Use(client => { client.Send("get a\r\nset b 0 0 1\r\n1\r\n"); return client.ReadToEnd(); });
        Assert.DoesNotContain("END", reply, StringComparison.Ordinal);
        before.Expect("get b\r\n", "END\r\n");
        Eventually.Holds(() => before.Stat("curr_connections") == "1");
        Assert.Equal("1", before.Stat("ssl_handshake_errors"));
    }

    [Fact]
    public void Handshake_cut_at_any_byte_is_forgotten()
    {
        using RunningServer server = Start();
        byte[] hello = ClientHello();
        using TestClient witness = server.Connect();
        witness.Expect("version\r\n", Version);
        for (int length = 0; length < hello.Length; length++)
        {
            using TestClient client = new(server.EndPoint);
            client.Send(hello.AsSpan(0, length));
            if (length % 2 == 0)
            {
                client.Reset();
            }
        }

        witness.Expect("version\r\n", Version);
        Eventually.Holds(() => witness.Stat("curr_connections") == "1");

        // A connection that still waits to be accepted counts neither as open nor as failed.
        string expected = hello.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Eventually.Equals(expected, () => witness.Stat("ssl_handshake_errors"));
    }

    [Fact]
    public void Handshake_with_any_byte_changed_harms_nobody()
    {
        using RunningServer server = Start();
        byte[] hello = ClientHello();
        using TestClient witness = server.Connect();
        for (int at = 0; at < hello.Length; at++)
        {
            byte[] wrong = [.. hello];
            wrong[at] ^= 0xFF;
            using TestClient client = new(server.EndPoint);
            client.Send([.. wrong, .. "garbage behind it"u8]); // at once: the server may close on the first byte
        }

        witness.Expect("version\r\n", Version);
        Eventually.Holds(() => witness.Stat("curr_connections") == "1");
    }

    [Fact]
    public void Garbage_behind_the_handshake_closes_the_connection()
    {
        using RunningServer server = Start();
        using TestClient client = server.Connect();
        client.Expect("version\r\n", Version);
        client.Socket.Send("\x17\x03\x03\0\x20this was not encrypted by anybody"u8);
        Assert.Equal("", client.ReadToEnd());
        using TestClient other = server.Connect();
        Eventually.Holds(() => other.Stat("ssl_proto_errors") == "1");
        Assert.Equal("0", other.Stat("ssl_handshake_errors"));
    }

    [Fact]
    public void Logins_work_over_tls()
    {
        string path = TestCertificates.WriteText("passwords", "joe:secret\n");
        PasswordFile logins = PasswordFile.Load(path, PasswordFormat.Plain);
        using RunningServer server = new(Options() with { TextLogins = logins, SaslLogins = logins });
        using TestClient text = server.Connect();
        text.Expect("get a\r\nset x 0 0 10\r\njoe secret\r\nget a\r\n", "CLIENT_ERROR unauthenticated\r\nSTORED\r\nEND\r\n");
        using TestClient binary = server.Connect();
        string welcome = Packets.Say(BinaryOpcode.SaslAuth, "Authenticated");
        binary.Send(Packets.Ask(BinaryOpcode.SaslAuth, "PLAIN", "\0joe\0secret"));
        Assert.Equal(welcome, Packets.WithoutCas(binary.Read(welcome.Length)));
    }

    [Fact]
    public void Silent_client_is_closed_when_its_time_is_up()
    {
        // Whoever looks comes without TLS: on a busy machine no handshake is sure to be made in that time.
        using RunningServer server = new(Options() with { HandshakeDeadlineMs = 100, Listen = [Loopback, Beside with { Security = ListenSecurity.Plain }] });
        using TestClient silent = new(server.EndPoint);
        Assert.Equal("", silent.ReadToEnd());
        using TestClient witness = new(server.Server.EndPoints[1]);
        Eventually.Equals("1", () => witness.Stat("ssl_handshake_errors"));
    }

    [Fact]
    public void Silent_clients_do_not_hold_up_the_end()
    {
        RunningServer server = Start();
        TestClient[] silent = [.. Enumerable.Range(0, 10).Select(_ => new TestClient(server.EndPoint))];
        Assert.Equal(Version, Ask(server.EndPoint));
        server.Dispose();
        Assert.All(silent, client => Assert.Equal("", client.ReadToEnd()));
        Array.ForEach(silent, client => client.Dispose());
    }

    [Fact]
    public void Watchers_hear_of_failed_handshakes()
    {
        using RunningServer server = Start();
        using TestClient watcher = server.Connect();
        watcher.Expect("watch connevents\r\n", "OK\r\n");
        new TestClient(server.EndPoint).Use(client => { client.Send("get a\r\nget a\r\n"); return client.ReadToEnd(); });
        Assert.Contains(" type=conntlserr fd=", watcher.ReadUntil(" msg="), StringComparison.Ordinal);
    }

    private static ServerOptions Options(Func<TlsOptions, TlsOptions>? tls = null) => TestCertificates.Secure(new() { Threads = 2 }, change: tls);

    private static RunningServer Start(Func<ListenAddress, ListenAddress[]>? addresses = null, Func<TlsOptions, TlsOptions>? tls = null) =>
        new(Options(tls) with { Listen = addresses?.Invoke(Loopback) ?? [Loopback] });

    /// <summary>The version, or nothing when the server does not want this client.</summary>
    private static string Ask(EndPoint endPoint, X509Certificate2? certificate = null, SslProtocols versions = SslProtocols.None) =>
        Ask(endPoint, TestCertificates.Client(certificate, versions));

    private static string Ask(EndPoint endPoint, SslClientAuthenticationOptions handshake)
    {
        using TestClient client = new(endPoint, handshake);
        try
        {
            client.Send("version\r\n");
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            return "";
        }

        return client.Read(Version.Length);
    }

    private static string Stat(RunningServer server, string name, X509Certificate2? certificate = null) =>
        new TestClient(server.EndPoint, TestCertificates.Client(certificate)).Use(client => client.Stat(name));

    private static string ReadAll(TestClient client, string command)
    {
        client.Send(command);
        return client.ReadUntil("END\r\n");
    }

    /// <summary>What a client sends first.</summary>
    private static byte[] ClientHello()
    {
        using MemoryStream sent = new();
        using SslStream tls = new(new SentOnly(sent));
        Assert.ThrowsAny<Exception>(() => tls.AuthenticateAsClient(TestCertificates.Client()));
        return sent.ToArray();
    }

    /// <summary>Keeps what is written; has nothing to read.</summary>
    private sealed class SentOnly(MemoryStream sent) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => sent.Write(buffer, offset, count);
    }
}
