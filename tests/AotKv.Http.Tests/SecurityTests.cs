using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using AotKv.Http.Security;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class SecurityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aotkv-http-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Token_allows_what_its_scopes_say_and_no_more()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Tokens = Tokens("reader", "read:app", "writer", "write:app read:default", "root", "admin:*") });
        door.Store.CreateNamespace("app");
        door.Store.CreateNamespace("other");
        (string Who, string Method, string Path, string? Body, int Status)[] cases =
        [
            ("", "GET", "/healthz", null, 200),
            ("", "GET", "/openapi.json", null, 200),
            ("", "GET", "/v1/ns/app/keys/k", null, 401),
            ("wrong", "GET", "/v1/ns/app/keys/k", null, 401),
            ("reader", "GET", "/v1/ns/app/keys/k", null, 404),
            ("reader", "PUT", "/v1/ns/app/keys/k", "v", 403),
            ("reader", "DELETE", "/v1/ns/app/keys/k", null, 403),
            ("reader", "GET", "/v1/ns/app/changes", null, 200),
            ("reader", "GET", "/v1/ns/other/changes", null, 403),
            ("reader", "GET", "/v1/ns/default/keys", null, 403),
            ("writer", "PUT", "/v1/ns/app/keys/k", "v", 204),
            ("writer", "GET", "/v1/ns/app/keys/k", null, 200),
            ("writer", "PUT", "/v1/ns/other/keys/k", "v", 403),
            ("writer", "GET", "/v1/ns/default/keys", null, 200),
            ("writer", "DELETE", "/v1/ns/app/keys?all=true", null, 403),
            ("writer", "DELETE", "/v1/ns/app/keys?prefix=x", null, 200),
            ("writer", "DELETE", "/v1/ns/app", null, 403),
            ("writer", "PUT", "/v1/ns/new", "", 403),
            ("writer", "POST", "/v1/execute", """{"namespace":"app","commands":[{"cmd_type":"SET","key":"k","value":"1"}]}""", 200),
            ("writer", "POST", "/v1/execute", """{"commands":[{"cmd_type":"GET","key":"k"}]}""", 200),
            ("writer", "POST", "/v1/execute", """{"commands":[{"cmd_type":"SET","key":"k","value":"1"}]}""", 403),
            ("reader", "POST", "/v1/execute", """{"namespace":"app","commands":[{"cmd_type":"GET","key":"k"},{"cmd_type":"TTL","key":"k","ttl":5}]}""", 403),
            ("reader", "POST", "/v1/execute", """{"namespace":"app","commands":[{"cmd_type":"GET","key":"k"},{"cmd_type":"TTL","key":"k"}]}""", 200),
            ("root", "PUT", "/v1/ns/new", "", 201),
            ("root", "DELETE", "/v1/ns/app/keys?all=true", null, 204),
            ("root", "DELETE", "/v1/ns/new", null, 204),
        ];
        foreach ((string who, string method, string path, string? body, int status) in cases)
        {
            Reply reply = await door.Client.Send(method, path, body, who.Length == 0 ? ("X-None", "") : ("Authorization", $"Bearer {Secret(who)}"));
            Assert.True(status == (int)reply.Status, $"{who} {method} {path} {body}: {(int)reply.Status} {reply.Body}");
            if (status is 401 or 403)
            {
                Assert.NotEmpty(reply.Error);
                Assert.Equal(status == 401, reply.Header("WWW-Authenticate") != null);
            }
        }

        Assert.Equal(["app"], (await door.Client.Get("/v1/ns", ("Authorization", $"Bearer {Secret("reader")}"))).Json.GetProperty("namespaces")
            .EnumerateArray().Select(ns => ns.GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get($"/v1/ns/app/changes?access_token={Secret("reader")}")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.Get($"/v1/ns/app/keys?access_token={Secret("reader")}")).Status);
    }

    [Fact]
    public async Task Tokens_are_read_again_and_a_bad_file_changes_nothing()
    {
        TokenFile tokens = Tokens("old", "read:*");
        using RunningDoor door = new(RunningDoor.Defaults with { Tokens = tokens });
        Write("new", "read:*");
        tokens.Reload();
        Assert.Equal(HttpStatusCode.Unauthorized, (await door.Client.Get("/v1/ns", ("Authorization", $"Bearer {Secret("old")}"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get("/v1/ns", ("Authorization", $"Bearer {Secret("new")}"))).Status);
        File.AppendAllText(Path, "broken line\n");
        Assert.Contains(":2:", Assert.Throws<TokenFileException>(tokens.Reload).Message, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get("/v1/ns", ("Authorization", $"Bearer {Secret("new")}"))).Status);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("name 1234 read:*")]
    [InlineData("name 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff")]
    [InlineData("name 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff own:*")]
    [InlineData("name 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff read:")]
    [InlineData("name zz112233445566778899aabbccddeeff00112233445566778899aabbccddeeff read:*")]
    public void Line_that_is_no_token_is_named(string line)
    {
        File.WriteAllText(Path, $"# comment\n\n{line}\n");
        Assert.Contains($"{Path}:3:", Assert.Throws<TokenFileException>(() => TokenFile.Load(Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://evil.example", null, 403)]
    [InlineData("null", null, 403)]
    [InlineData("https://good.example", null, 200)]
    [InlineData("http://SELF", null, 200)]
    [InlineData(null, "evil.example", 403)]
    [InlineData("http://evil.example:80", "evil.example:80", 403)]
    [InlineData(null, "localhost:1234", 200)]
    [InlineData(null, "127.0.0.1", 200)]
    public async Task Pages_of_other_origins_and_names_are_kept_out(string? origin, string? host, int status)
    {
        using RunningDoor door = new(RunningDoor.Defaults with { CorsOrigins = ["https://good.example"] });
        List<(string, string)> headers = [];
        if (origin != null)
        {
            headers.Add(("Origin", origin.Replace("SELF", door.EndPoint.ToString(), StringComparison.Ordinal)));
        }

        if (host != null)
        {
            headers.Add(("Host", host));
        }

        Reply reply = await door.Client.Send("POST", "/v1/execute", """{"commands":[]}""", [.. headers]);
        Assert.Equal(status, (int)reply.Status);
        Assert.Equal(origin == "https://good.example" ? origin : null, reply.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Preflight_is_answered_to_allowed_origins_only()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { CorsOrigins = ["https://good.example"] });
        Reply good = await door.Client.Send("OPTIONS", "/v1/ns/default/keys/k", null, ("Origin", "https://good.example"), ("Access-Control-Request-Method", "PUT"));
        Assert.Equal((HttpStatusCode.NoContent, "GET, HEAD, PUT, DELETE"), (good.Status, good.Header("Access-Control-Allow-Methods")));
        Assert.Contains("Authorization", good.Header("Access-Control-Allow-Headers"), StringComparison.Ordinal);
        using RunningDoor closed = new();
        Reply bad = await closed.Client.Send("OPTIONS", "/v1/ns/default/keys/k", null, ("Origin", "https://good.example"));
        Assert.Equal((HttpStatusCode.Forbidden, null), (bad.Status, bad.Header("Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task Bodies_headers_and_paths_beyond_their_limits_are_refused_in_json()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Limits = new HttpLimits { BodyBytes = 4096, HeaderBytes = 2048 } });
        Reply put = await door.Client.Send("PUT", "/v1/ns/default/keys/k", new string('v', 5000));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, true), (put.Status, put.Error.Contains("4096", StringComparison.Ordinal)));
        Reply execute = await door.Client.Send("POST", "/v1/execute", new string(' ', 5000));
        Assert.Equal((HttpStatusCode.BadRequest, true), (execute.Status, execute.Error.Contains("4096", StringComparison.Ordinal)));
        using HttpRequestMessage chunked = new(HttpMethod.Post, "/v1/execute") { Content = new StreamContent(new MemoryStream(new byte[5000])) };
        chunked.Headers.TransferEncodingChunked = true;
        Assert.Contains("4096", (await door.Client.Ask(chunked)).Error, StringComparison.Ordinal);
        Reply headers = await door.Client.Get("/healthz", ("X-Long", new string('h', 3000)));
        Assert.Equal(((HttpStatusCode)431, true), (headers.Status, headers.Error.Contains("2048", StringComparison.Ordinal)));
        Reply path = await door.Client.Get("/v1/ns/default/keys/" + new string('p', 65_536));
        Assert.Equal(HttpStatusCode.BadRequest, path.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await door.Client.Get("/v1/ns/default/keys/" + new string('p', 65_535))).Status);
        Reply tooLong = await door.Client.Get("/v1/ns/default/keys/k?x=" + new string('p', 200_700));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, tooLong.Status);
        Assert.NotEmpty(tooLong.Error);
    }

    [Fact]
    public async Task Rate_beyond_the_limit_is_429_with_retry_after()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Limits = new HttpLimits { RequestsPerSecond = 5 } });
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => door.Client.Get("/v1/ns")));
        Assert.Contains(replies, reply => reply.Status == HttpStatusCode.OK);
        Reply refused = replies.First(reply => reply.Status != HttpStatusCode.OK);
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (refused.Status, refused.Header("Retry-After")));
        Assert.NotEmpty(refused.Error);
    }

    [Fact]
    public async Task Request_beyond_those_in_flight_is_503_with_retry_after()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Limits = new HttpLimits { Requests = 1 } });
        using TcpClient slow = new();
        slow.Connect(door.EndPoint);
        slow.GetStream().Write("PUT /v1/ns/default/keys/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na"u8);


        // If another one were at work when it comes, the door would refuse the slow one.
        await Eventually.Passes(() => Assert.Equal(1, door.Door.State.Requests.Count));
        Reply refused = await door.Client.Get("/v1/ns");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1", "too many requests in flight"), (refused.Status, refused.Header("Retry-After"), refused.Error));
        Assert.Equal(HttpStatusCode.OK, (await door.Client.Get("/healthz")).Status);
        slow.GetStream().Write("bc"u8);
        byte[] reply = new byte[1000];
        Assert.StartsWith("HTTP/1.1 204", Encoding.ASCII.GetString(reply, 0, slow.GetStream().Read(reply)), StringComparison.Ordinal);
        await Eventually.Passes(async () => Assert.Equal(HttpStatusCode.OK, (await door.Client.Get("/v1/ns")).Status));
    }

    [Fact]
    public void Connection_beyond_the_limit_is_told_503_and_closed()
    {
        using RunningDoor door = new(RunningDoor.Defaults with { Limits = new HttpLimits { Connections = 2 } });
        using TcpClient first = new(), second = new(), third = new();
        Assert.StartsWith("HTTP/1.1 200", Ask(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", Ask(second), StringComparison.Ordinal);
        string refused = Ask(third, isClosed: true);
        Assert.StartsWith("HTTP/1.1 503", refused, StringComparison.Ordinal);
        Assert.Contains("Connection: close", refused, StringComparison.Ordinal);
        Assert.EndsWith("""{"error":"too many connections"}""", refused, StringComparison.Ordinal);

        string Ask(TcpClient client, bool isClosed = false)
        {
            client.Connect(door.EndPoint);
            client.GetStream().Write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
            using StreamReader reader = new(client.GetStream(), leaveOpen: true);
            return isClosed ? reader.ReadToEnd() : reader.ReadLine()!;
        }
    }

    [Fact]
    public async Task Access_log_names_routes_and_tokens_but_no_keys_and_no_values()
    {
        string log = System.IO.Path.Combine(_folder, "access.log");
        using (RunningDoor door = new(RunningDoor.Defaults with { AccessLog = log, Tokens = Tokens("writer", "write:*") }))
        {
            (string, string) token = ("Authorization", $"Bearer {Secret("writer")}");
            await door.Client.Send("PUT", "/v1/ns/default/keys/secret-key", "secret-value", token);
            await door.Client.Get("/v1/ns/default/keys?prefix=secret-prefix", token);
            await door.Client.Get("/secret-path");
            await door.Client.Send("SECRETMETHOD", "/healthz");
        }

        string[] lines = File.ReadAllLines(log);
        Assert.Equal(4, lines.Length);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT[0-9:.]+Z 127\.0\.0\.1 writer PUT /v1/ns/\{namespace\}/keys/\{key\} 204 - [0-9.]+ms$", lines[0]);
        Assert.Matches(" - GET - 404 ", lines[2]);
        Assert.DoesNotContain("secret", string.Join('\n', lines), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Limits_out_of_range_are_all_named()
    {
        IReadOnlyList<string> mistakes = new HttpLimits { BodyBytes = 1, Requests = 0, Connections = 0, Streams = -1, RequestsPerSecond = -1, HeaderBytes = 1, StallSeconds = 0, BufferBytes = 0 }.Check();
        Assert.Equal(8, mistakes.Count);
        Assert.Throws<ArgumentException>(() => HttpDoor.Start(new HttpOptions { Listen = [] }, _ => { }));
    }

    private string Path => System.IO.Path.Combine(_folder, "tokens");

    private static string Secret(string name) => $"secret-of-{name}";

    private TokenFile Tokens(params string[] namesAndScopes)
    {
        Write(namesAndScopes);
        return TokenFile.Load(Path);
    }

    private void Write(params string[] namesAndScopes) => File.WriteAllLines(Path, namesAndScopes.Chunk(2).Select(pair =>
        $"{pair[0]} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Secret(pair[0]))))} {pair[1]}"));
}
