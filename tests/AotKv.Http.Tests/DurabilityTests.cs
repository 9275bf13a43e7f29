using System.Net;
using AotKv.Engine;
using AotKv.Http.Tests.Support;

namespace AotKv.Http.Tests;

public sealed class DurabilityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aotkv-http-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Write_with_durability_disk_is_answered_when_it_is_on_disk()
    {
        // The next sync of its own accord would come in an hour.
        using RunningDoor door = new(store: new StoreOptions { DataDirectory = _folder, SyncIntervalMilliseconds = 3_600_000 });
        Reply plain = await door.Client.Send("PUT", "/v1/ns/default/keys/a", "1");
        ulong revision = Revision(plain);
        Assert.True(door.Store.DurableRevision < revision);
        Reply put = await door.Client.Send("PUT", "/v1/ns/default/keys/b?durability=disk", "2");
        Assert.Equal(HttpStatusCode.NoContent, put.Status);
        Assert.True(door.Store.DurableRevision >= Revision(put));
        Reply execute = await door.Client.Send("POST", "/v1/execute", """{"durability":"disk","commands":[{"cmd_type":"SET","key":"c","value":"3"}]}""");
        Assert.True(door.Store.DurableRevision >= execute.Json.GetProperty("revision").GetUInt64());
        Assert.Equal(HttpStatusCode.NoContent, (await door.Client.Send("DELETE", "/v1/ns/default/keys/a?durability=disk")).Status);
        Assert.True(door.Store.DurableRevision >= door.Store.LastRevision);
    }

    [Fact]
    public async Task Feed_from_the_start_has_a_transaction_that_was_the_first_write()
    {
        using RunningDoor door = new(store: new StoreOptions { DataDirectory = _folder });
        await door.Client.Send("POST", "/v1/execute", """{"commands":[{"cmd_type":"SET","key":"c","value":"3"}]}""");
        Reply changes = await door.Client.Get("/v1/ns/default/changes?after=0");
        Assert.Equal(HttpStatusCode.OK, changes.Status);
        Assert.Contains("\"key\":\"c\"", changes.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_fsync_always_every_write_is_on_disk_when_answered()
    {
        using RunningDoor door = new(
            RunningDoor.Defaults with { HoldsReplies = true }, new StoreOptions { DataDirectory = _folder, SyncMode = SyncMode.Always });
        for (int i = 0; i < 20; i++)
        {
            Reply put = await door.Client.Send("PUT", "/v1/ns/default/keys/a", "1");
            Assert.True(door.Store.DurableRevision >= Revision(put));
        }
    }

    private static ulong Revision(Reply reply) => ulong.Parse(reply.Header("ETag")!.Trim('"'), System.Globalization.CultureInfo.InvariantCulture);
}
