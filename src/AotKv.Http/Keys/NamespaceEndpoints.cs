using System.Text;
using System.Text.Json;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Keys;

/// <summary>Namespaces: list, create, look at, drop.</summary>
internal static class NamespaceEndpoints
{
    public static void Add(RouteTable routes)
    {
        routes.Add("GET", "/v1/ns", RouteAccess.Token, ListAsync);
        routes.Add("GET", "/v1/ns/{namespace}", RouteAccess.Read, GetAsync);
        routes.Add("PUT", "/v1/ns/{namespace}", RouteAccess.Admin, CreateAsync);
        routes.Add("DELETE", "/v1/ns/{namespace}", RouteAccess.Admin, DropAsync);
    }

    /// <summary>The name by which the door knows a namespace.</summary>
    public static string NameOf(StoreNamespace ns) => ns.Number == 0 ? HttpCall.DefaultNamespaceName : ns.Name;

    private static Task ListAsync(HttpCall call) => call.JsonAsync(StatusCodes.Status200OK, json =>
    {
        json.WriteStartArray("namespaces"u8);
        foreach (StoreNamespace ns in call.Store.Namespaces.Prepend(call.Store.DefaultNamespace).Where(ns => call.May(RouteAccess.Read, ns)))
        {
            json.WriteStartObject();
            Describe(json, call.Store, ns);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    private static Task GetAsync(HttpCall call) => call.FindNamespace() is { } ns
        ? call.JsonAsync(StatusCodes.Status200OK, json => Describe(json, call.Store, ns))
        : call.RefuseNoNamespaceAsync();

    private static async Task CreateAsync(HttpCall call)
    {
        string name = call.NamespaceName;
        if (Encoding.UTF8.GetByteCount(name) is 0 or > Store.MaxNamespaceNameBytes || name.Any(char.IsControl) || name.Contains('\uFFFD', StringComparison.Ordinal))
        {
            await call.RefuseAsync(
                StatusCodes.Status400BadRequest, $"a namespace's name has 1 to {Store.MaxNamespaceNameBytes} bytes of UTF-8 without control characters").ConfigureAwait(false);
            return;
        }

        bool isThere = call.FindNamespace() != null;
        StoreNamespace? ns = isThere ? call.FindNamespace() : call.Store.CreateNamespace(name);
        if (ns == null)
        {
            await call.RefuseAsync(call.Store.Failure != null ? StoreStatus.Failed : StoreStatus.NoMemory).ConfigureAwait(false);
            return;
        }

        await WaitAsync(call).ConfigureAwait(false);
        await call.JsonAsync(
            isThere ? StatusCodes.Status200OK : StatusCodes.Status201Created, json => Describe(json, call.Store, ns)).ConfigureAwait(false);
    }

    private static async Task DropAsync(HttpCall call)
    {
        StoreNamespace? ns = call.FindNamespace();
        if (ns == null)
        {
            await call.RefuseNoNamespaceAsync().ConfigureAwait(false);
        }
        else if (ns.Number == 0)
        {
            await call.RefuseAsync(
                StatusCodes.Status409Conflict, "the default namespace cannot be dropped; DELETE /v1/ns/default/keys?all=true empties it").ConfigureAwait(false);
        }
        else if (!call.Store.DropNamespace(ns))
        {
            await call.RefuseAsync(call.Store.Failure != null ? StoreStatus.Failed : StoreStatus.NoMemory).ConfigureAwait(false);
        }
        else
        {
            await WaitAsync(call).ConfigureAwait(false);
            await call.EmptyAsync(StatusCodes.Status204NoContent).ConfigureAwait(false);
        }
    }

    /// <summary>What a namespace is survives a crash whenever the log does: such changes are rare, and wait for the disk when there is one.</summary>
    private static ValueTask WaitAsync(HttpCall call) => call.WaitDurableAsync(call.Store.LastRevision, waits: true);

    private static void Describe(Utf8JsonWriter json, Store store, StoreNamespace ns)
    {
        (long items, long bytes) = (ns.Items, ns.Bytes);
        if (ns.Number == 0)
        {
            StoreStatistics all = store.Statistics();
            items = all.Items - store.Namespaces.Sum(other => other.Items);
            bytes = all.ItemBytes - store.Namespaces.Sum(other => other.Bytes);
        }

        json.WriteString("name"u8, NameOf(ns));
        json.WriteNumber("items"u8, Math.Max(items, 0));
        json.WriteNumber("bytes"u8, Math.Max(bytes, 0));
    }
}
