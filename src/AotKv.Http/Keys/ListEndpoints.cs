using System.Globalization;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http.Routing;
using AotKv.Http.Text;
using CommunityToolkit.HighPerformance.Buffers;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Keys;

/// <summary>The keys of a namespace: listing them, deleting some or all of them.</summary>
internal static partial class ListEndpoints
{
    private const string Template = "/v1/ns/{namespace}/keys";
    private const int DefaultLimit = 100;
    private const int MaxLimit = 10_000;

    /// <summary>A page that has grown so long ends, whatever the limit.</summary>
    private const int MostPageBytes = 1 << 20;

    /// <summary>After so many steps of some dozen items others have their turn; after so many turns the page ends.</summary>
    private const int StepsPerTurn = 256;
    private const int TurnsPerPage = 64;

    public static void Add(RouteTable routes)
    {
        routes.Add("GET", Template, RouteAccess.Read, ListAsync);
        routes.Add("DELETE", Template, RouteAccess.Write, DeleteAsync);
    }

    private static async Task ListAsync(HttpCall call)
    {
        StoreNamespace? ns = call.FindNamespace();
        if (ns == null)
        {
            await call.RefuseNoNamespaceAsync().ConfigureAwait(false);
            return;
        }

        if (!call.Target.TryNumber("limit", DefaultLimit, MaxLimit, out ulong limit) || limit == 0)
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, $"limit is 1 to {MaxLimit}").ConfigureAwait(false);
            return;
        }

        if (!TryCursor(call, out ScanPosition position))
        {
            await call.RefuseAsync(StatusCodes.Status410Gone, "the cursor is of another run of the server: begin again without one").ConfigureAwait(false);
            return;
        }

        using ArrayPoolBufferWriter<byte> output = new();
        JsonStrings.Put(output, "{\"keys\":["u8);
        byte[] prefix = call.Target.Query("prefix") ?? [];
        int left = (int)limit;
        bool hasMore = true;
        for (int turn = 0; turn < TurnsPerPage && hasMore && left > 0 && output.WrittenCount < MostPageBytes; turn++)
        {
            hasMore = ListSome(call, ns, ref position, output, prefix, ref left, isFirst: left == (int)limit);
            await Task.Yield();
        }

        JsonStrings.Put(output, "]"u8);
        if (hasMore)
        {
            JsonStrings.Put(output, ",\"cursor\":\""u8);
            JsonStrings.Put(output, System.Text.Encoding.ASCII.GetBytes(Cursor(call, position)));
            JsonStrings.Put(output, "\""u8);
        }

        JsonStrings.Put(output, "}"u8);
        await call.BytesAsync(StatusCodes.Status200OK, output.WrittenMemory).ConfigureAwait(false);
    }

    /// <summary>One turn of the listing. False when there is nothing more.</summary>
    private static bool ListSome(
        HttpCall call, StoreNamespace ns, ref ScanPosition position, ArrayPoolBufferWriter<byte> output, byte[] prefix, ref int left, bool isFirst)
    {
        ListReader reader = new(output, prefix, left, call.Store.Clock.Milliseconds, isFirst);
        bool hasMore = true;
        for (int step = 0; step < StepsPerTurn && hasMore && !reader.IsFull; step++)
        {
            hasMore = call.Store.ScanPage(ref position, ns, ref reader);
        }

        left = reader.Left;
        return hasMore;
    }

    /// <summary>Deletes keys by prefix, one after the other; or, with <c>all=true</c>, all at once.</summary>
    private static async Task DeleteAsync(HttpCall call)
    {
        StoreNamespace? ns = call.FindNamespace();
        if (ns == null)
        {
            await call.RefuseNoNamespaceAsync().ConfigureAwait(false);
            return;
        }

        byte[]? prefix = call.Target.Query("prefix");
        if (!call.TryDurability(out bool waits) || (waits && !call.Store.IsDurable))
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, "durability is memory, or disk with a data directory (--data-dir)").ConfigureAwait(false);
        }
        else if (call.Target.QueryText("all") == "true" && prefix == null)
        {
            await EmptyAsync(call, ns, waits).ConfigureAwait(false);
        }
        else if (prefix is null or { Length: 0 } || call.Target.Query("all") != null)
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, "give either prefix=TEXT for some keys, or all=true for every one").ConfigureAwait(false);
        }
        else
        {
            await DeletePrefixAsync(call, ns, prefix, waits).ConfigureAwait(false);
        }
    }

    private static async Task EmptyAsync(HttpCall call, StoreNamespace ns, bool waits)
    {
        if (!call.May(RouteAccess.Admin, ns))
        {
            await call.RefuseAsync(StatusCodes.Status403Forbidden, "the token does not allow admin in this namespace").ConfigureAwait(false);
            return;
        }

        if (!call.Store.FlushNamespace(ns))
        {
            await call.RefuseAsync(call.Store.Failure != null ? StoreStatus.Failed : StoreStatus.NoMemory).ConfigureAwait(false);
            return;
        }

        await call.WaitDurableAsync(call.Store.LastRevision, waits).ConfigureAwait(false);
        await call.EmptyAsync(StatusCodes.Status204NoContent).ConfigureAwait(false);
    }

    private static async Task DeletePrefixAsync(HttpCall call, StoreNamespace ns, byte[] prefix, bool waits)
    {
        long deleted = 0;
        ulong last = 0;
        ScanPosition position = default;
        using ArrayPoolBufferWriter<byte> keys = new();
        for (bool hasMore = true; hasMore;)
        {
            StoreStatus status = StoreStatus.Ok;
            for (int step = 0; step < StepsPerTurn && hasMore && status == StoreStatus.Ok; step++)
            {
                keys.Clear();
                PrefixReader reader = new(keys, prefix);
                hasMore = call.Store.ScanPage(ref position, ns, ref reader);
                status = DeleteAll(call.Store, ns, keys.WrittenSpan, ref deleted, ref last);
            }

            if (status != StoreStatus.Ok)
            {
                await call.RefuseAsync(status).ConfigureAwait(false);
                return;
            }

            call.Context.RequestAborted.ThrowIfCancellationRequested();
            call.State.Stopping.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await call.WaitDurableAsync(last, waits).ConfigureAwait(false);
        await call.JsonAsync(StatusCodes.Status200OK, json => json.WriteNumber("deleted"u8, deleted)).ConfigureAwait(false);
    }

    private static StoreStatus DeleteAll(Store store, StoreNamespace ns, ReadOnlySpan<byte> keys, ref long deleted, ref ulong last)
    {
        while (!keys.IsEmpty)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(keys);
            Outcome outcome = store.Delete(store.Key(ns, keys.Slice(sizeof(ushort), length)));
            if (outcome.Status is StoreStatus.NoMemory or StoreStatus.Failed)
            {
                return outcome.Status;
            }

            deleted += outcome.Status == StoreStatus.Ok ? 1 : 0;
            last = Math.Max(last, outcome.Revision);
            keys = keys[(sizeof(ushort) + length)..];
        }

        return StoreStatus.Ok;
    }

    private static string Cursor(HttpCall call, ScanPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{call.State.RunStamp:x8}{position.ToNumber():x}");

    private static bool TryCursor(HttpCall call, out ScanPosition position)
    {
        position = default;
        if (call.Target.QueryText("cursor") is not { } text)
        {
            return true;
        }

        const int StampDigits = 8;
        if (text.Length <= StampDigits
            || !uint.TryParse(text.AsSpan(0, StampDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint stamp)
            || stamp != call.State.RunStamp
            || !ulong.TryParse(text.AsSpan(StampDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number))
        {
            return false;
        }

        position = ScanPosition.FromNumber(number);
        return true;
    }
}
