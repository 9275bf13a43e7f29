using System.Text;
using AotKv.Engine;
using AotKv.Http.Execute;

namespace AotKv.Http.Tests;

/// <summary>The short way of reading a transaction says what the long one says, whatever comes.</summary>
public sealed class PlainBodyTests
{
    private static readonly string[] Bodies =
    [
        """{"commands":[]}""",
        """ { "commands" : [ ] } """,
        """{"commands":[{"cmd_type":"GET","key":"a"}]}""",
        """{"commands":[{"cmd_type":"sEt","key":"a","value":"b"},{"value":"x","key":"","cmd_type":"get"}]}""",
        "{\n\t\"commands\" : [ {\r\n \"key\" : \"k\" , \"cmd_type\" : \"Get\" } , {\"cmd_type\":\"SET\",\"key\":\"ä€😀\",\"value\":\"\u007f\"} ]\n}\n",
        """{"commands":[{"cmd_type":"GET","key":"a","key":"b","cmd_type":"SET"}]}""",
        """{"commands":[{"cmd_type":"GET","key":"a\u0041\n"},{"cmd_type":"DEL","key":"a"}]}""",
        """{"commands":[{"cmd_type":"INCR","key":"a","by":2},{"CMD_TYPE":"GET","Key":"a","other":[1,{}]}],"found":true}""",
        """{"commands":[{"cmd_type":"SET","key":"a","value":null,"ttl":5}],"commands":[{"cmd_type":"GET","key":"z"}]}""",
        """{"namespace":"default","commands":[{"cmd_type":"GET","key":"a","if_absent":true}]}""",
    ];

    private static readonly byte[] Letters = Encoding.UTF8.GetBytes("{}[]\":,\\ \n\t0aegsxtGETSdD_u\u0001é");

    [Fact]
    public void Read_of_whole_bodies_is_the_same_both_ways()
    {
        using Store store = Open();
        foreach (string body in Bodies)
        {
            Same(store, Encoding.UTF8.GetBytes(body));
        }
    }

    [Fact]
    public void Read_of_broken_bodies_is_the_same_both_ways()
    {
        int seed = Random.Shared.Next();
        Random random = new(seed);
        using Store store = Open();
        for (int i = 0; i < 30_000; i++)
        {
            List<byte> body = [.. Encoding.UTF8.GetBytes(Bodies[random.Next(Bodies.Length)])];
            for (int change = random.Next(1, 4); change > 0 && body.Count > 0; change--)
            {
                int at = random.Next(body.Count);
                switch (random.Next(4))
                {
                    case 0:
                        body.RemoveAt(at);
                        break;
                    case 1:
                        body.Insert(at, Letters[random.Next(Letters.Length)]);
                        break;
                    case 2:
                        body[at] = Letters[random.Next(Letters.Length)];
                        break;
                    default:
                        body.RemoveRange(at, body.Count - at);
                        break;
                }
            }

            byte[] bytes = [.. body];
            Assert.True(Same(store, bytes), $"seed {seed}, round {i}: {Encoding.UTF8.GetString(bytes)}");
        }
    }

    [Fact]
    public void Clear_leaves_nothing_of_the_body_before()
    {
        using Store store = Open();
        using ExecuteRequest request = new(store);
        request.Read("""{"commands":[{"cmd_type":"SET","key":"\u0041","ttl":5}],"encoding":"base64"}"""u8);
        Assert.True(request.IsExtended && request.WantsBase64);
        request.Clear();
        request.Read("""{"commands":[{"cmd_type":"GET","key":"\u0042"}]}"""u8);
        Assert.Equal((false, false, 1, null), (request.IsExtended, request.WantsBase64, request.Count, request.Error));
        Assert.Equal("B"u8, request.Text([], request.Commands[0].Key));
        request.Clear();
        request.Read("no"u8);
        Assert.NotNull(request.Error);
        request.Clear();
        Assert.Null(request.Error);
    }

    private static Store Open() => new(new StoreOptions { MemoryLimitBytes = 64 << 20 });

    private static bool Same(Store store, byte[] body)
    {
        using ExecuteRequest shortly = new(store);
        using ExecuteRequest wholly = new(store);
        shortly.Read(body);
        wholly.Read(body, isPlainTried: false);
        Assert.Equal(Describe(wholly, body), Describe(shortly, body));
        return true;
    }

    private static string Describe(ExecuteRequest request, byte[] body)
    {
        StringBuilder text = new($"{request.Error} {request.LacksNamespace} {request.IsExtended} {request.WantsBase64} {request.WantsDisk}\n");
        for (int i = 0; i < request.Count && request.Error == null; i++)
        {
            ExecuteCommand command = request.Commands[i];
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{command.Kind} {Convert.ToHexString(request.Text(body, command.Key))} {Convert.ToHexString(request.Text(body, command.Value))} ");
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{command.TtlMilliseconds} {command.Flags} {command.IfAbsent} {command.HasDelta} {command.Delta} {command.Namespace?.GetHashCode()}\n");
        }

        return text.ToString();
    }
}
