using System.Net;
using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

/// <summary>memstore's route as memstore has it, and what goes beyond.</summary>
public sealed class ExecuteTests : IDisposable
{
    private readonly RunningDoor _door = new(store: new StoreOptions { MaxItemBytes = 1 << 20 });

    public void Dispose() => _door.Dispose();

    [Theory]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"foo","value":"bar"},{"cmd_type":"get","key":"foo"},{"cmd_type":"GET","key":"none"}]}""", """{"results":["bar","bar",""]}""")]
    [InlineData("""{"commands":[]}""", """{"results":[]}""")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"x","value":"1"},{"cmd_type":"Get","key":"x"},{"cmd_type":"sEt","key":"x","value":"2"},{"cmd_type":"GET","key":"x"}]}""", """{"results":["1","1","2","2"]}""")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"e"},{"cmd_type":"GET","key":"e"}]}""", """{"results":["",""]}""")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"","value":"empty key"},{"cmd_type":"GET","key":""}]}""", """{"results":["empty key","empty key"]}""")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"h","value":"a<b>&\"\\c\u0001\té\u2028"}]}""", """{"results":["a\u003cb\u003e\u0026\"\\c\u0001\té\u2028"]}""")]
    [InlineData("""{"Commands":[{"CMD_TYPE":"SET","Key":"c","VALUE":"v","other":[1,{"a":2}]}],"more":{}}""", """{"results":["v"]}""")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"n","value":null}]}""", """{"results":[""]}""")]
    [InlineData("""{"commands":[{"cmd_type":"S\u0045T","key":"\u006be\ud83d\ude00","value":"\u00e9"},{"cmd_type":"GET","key":"ke😀"}]}""", """{"results":["é","é"]}""")]
    public async Task Batch_of_memstore_gets_the_reply_of_memstore(string request, string reply)
    {
        Reply got = await Execute(request);
        Assert.Equal((HttpStatusCode.OK, reply), (got.Status, got.Body));
        Assert.Equal("application/json; charset=utf-8", got.Header("Content-Type"));
    }

    [Theory]
    [InlineData("{}", "empty request")]
    [InlineData("null", "empty request")]
    [InlineData("""{"commands":null}""", "empty request")]
    [InlineData("""{"commands":[{"cmd_type":"BOGUS","key":"a"}]}""", "unknown command")]
    [InlineData("""{"commands":[{"key":"a"}]}""", "unknown command")]
    [InlineData("""{"commands":[{"cmd_type":"","key":"a"}]}""", "unknown command")]
    [InlineData("""{"commands":[{"cmd_type":"G3T","key":"a"}]}""", "unknown command")]
    [InlineData("""{"commands":[null]}""", "unknown command")]
    [InlineData("", "could not bind request: EOF")]
    [InlineData(" \n", "could not bind request: EOF")]
    [InlineData("""{"commands":[{"cmd_type":"GET","key":5}]}""", "could not bind request: json: cannot unmarshal number into Go struct field Command.commands.key of type string")]
    [InlineData("""{"commands":[{"cmd_type":true,"key":"a"}]}""", "could not bind request: json: cannot unmarshal bool into Go struct field Command.commands.cmd_type of type string")]
    [InlineData("""{"commands":[""", "could not bind request: unexpected EOF")]
    [InlineData("5", "could not bind request: *")]
    [InlineData("[]", "could not bind request: *")]
    [InlineData("""{"commands":{}}""", "could not bind request: *")]
    [InlineData("""{"commands":[1]}""", "could not bind request: *")]
    [InlineData("{nonsense", "could not bind request: invalid character 'n' *")]
    [InlineData("""{"commands":[]} trailing""", "could not bind request: invalid character 't' *")]
    [InlineData("""{"commands":[{"cmd_type":"GET","key":"\ud800"}]}""", "could not bind request: *")]
    [InlineData("""{"commands":[{"cmd_type":"GET","key_base64":"%%"}]}""", "key_base64 is not base64")]
    [InlineData("""{"commands":[{"cmd_type":"INCR","key":"a","by":1.5}]}""", "by must be *")]
    [InlineData("""{"commands":[{"cmd_type":"INCR","key":"a","value":"x"}]}""", "the amount of an INCR *")]
    [InlineData("""{"commands":[{"cmd_type":"SET","key":"a","ttl":-1}]}""", "ttl must be *")]
    [InlineData("""{"commands":[],"encoding":"hex"}""", "encoding must be one of text, base64")]
    [InlineData("""{"commands":[],"durability":"disk"}""", "durability disk needs *")]
    public async Task Body_that_is_no_transaction_is_refused_with_400(string request, string error)
    {
        Reply got = await Execute(request);
        Assert.Equal(HttpStatusCode.BadRequest, got.Status);
        Assert.Equal("application/json; charset=utf-8", got.Header("Content-Type"));
        if (error.EndsWith('*'))
        {
            Assert.StartsWith(error[..^1].TrimEnd(), got.Error, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(error, got.Error);
        }
    }

    [Fact]
    public async Task Unknown_command_anywhere_leaves_everything_as_it_was()
    {
        await Execute("""{"commands":[{"cmd_type":"SET","key":"a","value":"before"}]}""");
        Reply refused = await Execute("""{"commands":[{"cmd_type":"SET","key":"a","value":"after"},{"cmd_type":"BOGUS","key":"a"}]}""");
        Assert.Equal((HttpStatusCode.BadRequest, "unknown command"), (refused.Status, refused.Error));
        Assert.Equal("""{"results":["before"]}""", (await Execute("""{"commands":[{"cmd_type":"GET","key":"a"}]}""")).Body);
    }

    [Fact]
    public async Task Commands_beyond_memstore_say_what_they_found()
    {
        Reply got = await Execute("""
            {"commands":[
              {"cmd_type":"SET","key":"a","value":"1","ttl":60000},{"cmd_type":"EXISTS","key":"a"},{"cmd_type":"INCR","key":"a","by":41},
              {"cmd_type":"INCR","key":"new","value":"7"},{"cmd_type":"INCR","key":"new","by":-10},{"cmd_type":"GET","key":"none"},
              {"cmd_type":"TTL","key":"new"},{"cmd_type":"TTL","key":"none"},{"cmd_type":"DEL","key":"a"},{"cmd_type":"DEL","key":"a"},
              {"cmd_type":"TTL","key":"new","ttl":5000},{"cmd_type":"EXISTS","key":"a"}]}
            """);
        Assert.Equal(["1", "1", "42", "7", "0", "", "-1", "", "1", "0", "5000", "0"], Strings(got, "results"));
        Assert.Equal(
            [true, true, true, true, true, false, true, false, true, false, true, false],
            got.Json.GetProperty("found").EnumerateArray().Select(found => found.GetBoolean()));
        Assert.True(got.Json.GetProperty("revision").GetUInt64() > 0);
    }

    [Fact]
    public async Task Found_is_told_to_a_memstore_batch_that_asks()
    {
        Reply got = await Execute("""{"commands":[{"cmd_type":"SET","key":"e","value":""},{"cmd_type":"GET","key":"e"},{"cmd_type":"GET","key":"none"}],"found":true}""");
        Assert.Equal(["", "", ""], Strings(got, "results"));
        Assert.Equal([true, true, false], got.Json.GetProperty("found").EnumerateArray().Select(found => found.GetBoolean()));
    }

    [Fact]
    public async Task Condition_that_does_not_hold_stops_the_whole_batch()
    {
        ulong revision = (await Execute("""{"commands":[{"cmd_type":"SET","key":"c","value":"1"}],"found":true}""")).Json.GetProperty("revision").GetUInt64();
        Reply absent = await Execute("""{"commands":[{"cmd_type":"SET","key":"d","value":"no"},{"cmd_type":"SET","key":"c","value":"no","if_absent":true}]}""");
        Assert.Equal((HttpStatusCode.Conflict, "the key is there", 1), (absent.Status, absent.Error, absent.Json.GetProperty("command").GetInt32()));
        Reply stale = await Execute($$"""{"commands":[{"cmd_type":"INCR","key":"d"},{"cmd_type":"SET","key":"c","value":"no","if_revision":{{revision - 1}}}]}""");
        Assert.Equal((HttpStatusCode.Conflict, 1), (stale.Status, stale.Json.GetProperty("command").GetInt32()));
        Assert.Equal("""{"results":["1",""]}""", (await Execute("""{"commands":[{"cmd_type":"GET","key":"c"},{"cmd_type":"GET","key":"d"}]}""")).Body);
        Reply right = await Execute($$"""{"commands":[{"cmd_type":"SET","key":"c","value":"2","if_revision":"{{revision}}"},{"cmd_type":"SET","key":"d","value":"3","if_absent":true}]}""");
        Assert.Equal((HttpStatusCode.OK, "2,3"), (right.Status, string.Join(",", Strings(right, "results"))));
    }

    [Fact]
    public async Task Value_that_is_no_number_cannot_be_counted()
    {
        Reply got = await Execute("""{"commands":[{"cmd_type":"SET","key":"w","value":"word"},{"cmd_type":"INCR","key":"w"}]}""");
        Assert.Equal((HttpStatusCode.Conflict, 1), (got.Status, got.Json.GetProperty("command").GetInt32()));
        Assert.False((await Execute("""{"commands":[{"cmd_type":"EXISTS","key":"w"}]}""")).Json.GetProperty("found")[0].GetBoolean());
    }

    [Fact]
    public async Task Bytes_go_in_and_out_as_base64()
    {
        byte[] bytes = [0, 255, 128, 10, 13, 34];
        string text = Convert.ToBase64String(bytes);
        Reply got = await Execute($$"""{"encoding":"base64","commands":[{"cmd_type":"SET","key_base64":"{{text}}","value_base64":"{{text}}"},{"cmd_type":"GET","key_base64":"{{text}}"}]}""");
        Assert.Equal([text, text], Strings(got, "results"));
        CopyReader reader = new([]);
        Assert.Equal(StoreStatus.Ok, _door.Store.Read(_door.Store.Key(bytes), ref reader).Status);
        Assert.Equal(bytes, reader.Value);
    }

    [Fact]
    public async Task Namespaces_are_apart_and_one_transaction_spans_them()
    {
        _door.Store.CreateNamespace("blue");
        Reply got = await Execute("""{"namespace":"blue","commands":[{"cmd_type":"SET","key":"k","value":"b"},{"cmd_type":"SET","key":"k","value":"d","namespace":"default"},{"cmd_type":"GET","key":"k"}]}""");
        Assert.Equal(["b", "d", "b"], Strings(got, "results"));
        Assert.Equal("""{"results":["d"]}""", (await Execute("""{"commands":[{"cmd_type":"GET","key":"k"}]}""")).Body);
        Assert.Equal(HttpStatusCode.NotFound, (await Execute("""{"namespace":"red","commands":[{"cmd_type":"GET","key":"k"}]}""")).Status);
    }

    [Fact]
    public async Task Reads_beyond_their_bound_are_refused_and_harm_nobody()
    {
        string value = new('v', 1_000_000);
        await Execute($$"""{"commands":[{"cmd_type":"SET","key":"big","value":"{{value}}"}]}""");
        string gets = string.Join(",", Enumerable.Repeat("""{"cmd_type":"GET","key":"big"}""", 70));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await Execute($$"""{"commands":[{{gets}}]}""")).Status);
        Reply some = await Execute($$"""{"commands":[{{string.Join(",", Enumerable.Repeat("""{"cmd_type":"GET","key":"big"}""", 20))}}]}""");
        Assert.Equal(20, Strings(some, "results").Count(result => result == value));
    }

    [Fact]
    public async Task Item_beyond_the_stores_limit_is_refused_and_nothing_is_stored()
    {
        string value = new('v', 1_100_000);
        Reply got = await Execute($$"""{"commands":[{"cmd_type":"SET","key":"small","value":"1"},{"cmd_type":"SET","key":"big","value":"{{value}}"}]}""");
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, 1), (got.Status, got.Json.GetProperty("command").GetInt32()));
        Assert.Equal("""{"results":[""]}""", (await Execute("""{"commands":[{"cmd_type":"GET","key":"small"}]}""")).Body);
    }

    [Fact]
    public async Task Random_bodies_are_answered_with_200_or_400_in_json()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        const string Start = """{"commands":[{"cmd_type":"SET","key":"fuzz","value":"v","ttl":5,"if_revision":7},{"cmd_type":"INCR","key":"n","by":-3}],"encoding":"base64"}""";
        for (int i = 0; i < 300; i++)
        {
            byte[] body = Encoding.UTF8.GetBytes(Start);
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            using HttpRequestMessage request = new(HttpMethod.Post, "/v1/execute") { Content = new ByteArrayContent(body[..random.Next(body.Length + 1)]) };
            Reply got = await _door.Client.Ask(request);
            Assert.True(got.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.Conflict or HttpStatusCode.NotFound, $"seed {seed}: {got.Status} {got.Body}");
            Assert.Equal(JsonValueKind.Object, got.Json.ValueKind);
        }

        Assert.Empty(_door.Log);
    }

    private Task<Reply> Execute(string body) => _door.Client.Send("POST", "/v1/execute", body);

    private static string[] Strings(Reply reply, string name) => [.. reply.Json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    private struct CopyReader(byte[] value) : IItemReader
    {
        public byte[] Value { get; private set; } = value;

        public void Read(in Item item) => Value = item.Value.ToArray();
    }
}
