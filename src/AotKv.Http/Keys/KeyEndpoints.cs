using System.Globalization;
using AotKv.Engine;
using AotKv.Engine.Namespaces;
using AotKv.Http.Buffers;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Keys;

/// <summary>One key: <c>/v1/ns/{namespace}/keys/{key}</c>. The value is the body, its revision the ETag, the rest stands in headers.</summary>
internal static partial class KeyEndpoints
{
    public const string TtlHeader = "AotKv-TTL";
    public const string FlagsHeader = "AotKv-Flags";

    private const string Template = "/v1/ns/{namespace}/keys/{key}";
    private const int MaxKeyBytes = 65_535;
    private const long MaxTtlMilliseconds = 1000L * 60 * 60 * 24 * 365 * 1000;

    public static void Add(RouteTable routes)
    {
        routes.Add("GET", Template, RouteAccess.Read, ReadAsync, RouteTraits.Brief);
        routes.Add("HEAD", Template, RouteAccess.Read, ReadAsync, RouteTraits.Brief);
        routes.Add("PUT", Template, RouteAccess.Write, PutAsync, RouteTraits.Brief);
        routes.Add("DELETE", Template, RouteAccess.Write, DeleteAsync, RouteTraits.Brief);
    }

    private static async Task PutAsync(HttpCall call)
    {
        if (Mistake(call, out StoreNamespace? ns, out bool waits) is { } mistake)
        {
            await mistake.ConfigureAwait(false);
            return;
        }

        if (!EntityTags.TryConditions(call.Header("If-Match"), call.Header("If-None-Match"), out StoreMode mode, out ulong compare))
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, "a write takes one ETag or * in If-Match, or * in If-None-Match").ConfigureAwait(false);
            return;
        }

        if (!TryNumber(call.Header(TtlHeader), MaxTtlMilliseconds, out long ttl) || !TryNumber(call.Header(FlagsHeader), uint.MaxValue, out long flags))
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, $"{TtlHeader} is milliseconds, {FlagsHeader} a number of 32 bits").ConfigureAwait(false);
            return;
        }

        (RequestBody body, BodyStatus status) = await RequestBody.ReadAsync(call, call.State.Options.BodyLimitBytes).ConfigureAwait(false);
        using (body)
        {
            if (status != BodyStatus.Read)
            {
                await (status == BodyStatus.TooLarge
                    ? call.RefuseAsync(StatusCodes.Status413PayloadTooLarge, $"the body is larger than {call.State.Options.BodyLimitBytes} bytes")
                    : call.RefuseForNowAsync("no memory for the body at the moment")).ConfigureAwait(false);
                return;
            }

            if (body.IsLarge)
            {
                await call.State.LeaveReaderAsync().ConfigureAwait(false);
            }

            Outcome outcome = Put(call, ns, body.Span, (uint)flags, ttl, mode, compare);
            if (outcome.Status == StoreStatus.Ok)
            {
                await call.WaitDurableAsync(outcome.Revision, waits).ConfigureAwait(false);
                call.Response.Headers.ETag = EntityTags.Format(outcome.Cas);
                await call.EmptyAsync(mode == StoreMode.Add ? StatusCodes.Status201Created : StatusCodes.Status204NoContent).ConfigureAwait(false);
            }
            else
            {
                await RefuseWriteAsync(call, outcome.Status).ConfigureAwait(false);
            }
        }
    }

    private static Outcome Put(HttpCall call, StoreNamespace ns, ReadOnlySpan<byte> value, uint flags, long ttl, StoreMode mode, ulong compare) =>
        call.Store.Put(call.Store.Key(ns, call.Key), new PutRequest
        {
            Value = value,
            ClientFlags = flags,
            ExpiryMilliseconds = ttl == 0 ? 0 : call.Store.Clock.Milliseconds + ttl,
            Mode = mode,
            HasCompare = compare != 0,
            Compare = compare,
        });

    private static async Task DeleteAsync(HttpCall call)
    {
        if (Mistake(call, out StoreNamespace? ns, out bool waits) is { } mistake)
        {
            await mistake.ConfigureAwait(false);
            return;
        }

        if (!EntityTags.TryConditions(call.Header("If-Match"), null, out _, out ulong compare))
        {
            await call.RefuseAsync(StatusCodes.Status400BadRequest, "a delete takes one ETag or * in If-Match").ConfigureAwait(false);
            return;
        }

        Outcome outcome = call.Store.Delete(call.Store.Key(ns, call.Key), compare);
        if (outcome.Status == StoreStatus.Ok)
        {
            await call.WaitDurableAsync(outcome.Revision, waits).ConfigureAwait(false);
            await call.EmptyAsync(StatusCodes.Status204NoContent).ConfigureAwait(false);
        }
        else if (outcome.Status == StoreStatus.NotFound && compare == 0 && call.Header("If-Match") == null)
        {
            await call.RefuseAsync(StoreStatus.NotFound).ConfigureAwait(false);
        }
        else
        {
            await RefuseWriteAsync(call, outcome.Status).ConfigureAwait(false);
        }
    }

    /// <summary>A condition on a key that is not there has failed like any other.</summary>
    private static Task RefuseWriteAsync(HttpCall call, StoreStatus status) =>
        call.RefuseAsync(status == StoreStatus.NotFound ? StoreStatus.Exists : status);

    /// <summary>What is wrong with a request for a key, as the refusal; null when nothing is.</summary>
    private static Task? Mistake(HttpCall call, out StoreNamespace ns, out bool waits)
    {
        ns = call.FindNamespace()!;
        if (!call.TryDurability(out waits))
        {
            return call.RefuseAsync(StatusCodes.Status400BadRequest, "durability is disk or memory");
        }

        if (waits && !call.Store.IsDurable)
        {
            return call.RefuseAsync(StatusCodes.Status400BadRequest, "durability=disk needs a data directory (--data-dir)");
        }

        if (ns == null)
        {
            return call.RefuseNoNamespaceAsync();
        }

        return call.Key.Length is 0 or > MaxKeyBytes
            ? call.RefuseAsync(StatusCodes.Status400BadRequest, $"a key has 1 to {MaxKeyBytes} bytes")
            : null;
    }

    private static bool TryNumber(string? text, long most, out long number)
    {
        number = 0;
        return text == null || (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most);
    }
}
