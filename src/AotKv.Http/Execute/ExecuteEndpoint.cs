using AotKv.Engine;
using AotKv.Engine.Transactions;
using AotKv.Http.Buffers;
using AotKv.Http.Routing;
using Microsoft.AspNetCore.Http;

namespace AotKv.Http.Execute;

/// <summary>memstore's one route, <c>POST /v1/execute</c>: a list of commands as one transaction.</summary>
internal static class ExecuteEndpoint
{
    /// <summary>What the values that one transaction reads may have together.</summary>
    private const int MostReadBytes = 64 << 20;

    public static void Add(RouteTable routes) => routes.Add("POST", "/v1/execute", RouteAccess.Token, ExecuteAsync);

    private static async Task ExecuteAsync(HttpCall call)
    {
        (RequestBody body, BodyStatus status) = await RequestBody.ReadAsync(call, call.State.Options.BodyLimitBytes).ConfigureAwait(false);
        using (body)
        {
            if (status != BodyStatus.Read)
            {
                // memstore's clients know 400 alone for a body that is not taken; the way back to the next request is to close.
                await (status == BodyStatus.TooLarge
                    ? call.RefuseAsync(StatusCodes.Status400BadRequest, $"could not bind request: the body is larger than {call.State.Options.BodyLimitBytes} bytes")
                    : call.RefuseForNowAsync("no memory for the body at the moment")).ConfigureAwait(false);
                return;
            }

            using ExecuteRequest request = new(call.Store);
            request.Read(body.Span);
            if (request.Error != null)
            {
                await call.RefuseAsync(StatusCodes.Status400BadRequest, request.Error).ConfigureAwait(false);
            }
            else if (request.LacksNamespace)
            {
                await call.RefuseNoNamespaceAsync().ConfigureAwait(false);
            }
            else if (request.WantsDisk && !call.Store.IsDurable)
            {
                await call.RefuseAsync(StatusCodes.Status400BadRequest, "durability disk needs a data directory (--data-dir)").ConfigureAwait(false);
            }
            else if (MayRun(call, request))
            {
                await RunAsync(call, request, body).ConfigureAwait(false);
            }
            else
            {
                await call.RefuseAsync(StatusCodes.Status403Forbidden, "the token does not allow this in one of the namespaces").ConfigureAwait(false);
            }
        }
    }

    private static bool MayRun(HttpCall call, ExecuteRequest request)
    {
        foreach (ref ExecuteCommand command in request.Commands)
        {
            bool writes = command.Kind is ExecuteKind.Set or ExecuteKind.Delete or ExecuteKind.Increment
                || (command.Kind == ExecuteKind.Ttl && command.TtlMilliseconds >= 0);
            if (!call.May(writes ? RouteAccess.Write : RouteAccess.Read, command.Namespace!))
            {
                return false;
            }
        }

        return true;
    }

    private static async Task RunAsync(HttpCall call, ExecuteRequest request, RequestBody body)
    {
        StoreBatch batch = call.State.Batches.Rent();
        try
        {
            batch.OutputLimitBytes = MostReadBytes;
            long now = call.Store.Clock.Milliseconds;
            ExecutePlan plan = new(request, batch, now);
            string? mistake = plan.Fill(body.Span);
            if (mistake != null)
            {
                await call.RefuseAsync(StatusCodes.Status400BadRequest, mistake).ConfigureAwait(false);
                return;
            }

            BatchOutcome outcome = call.Store.Run(batch);
            if (outcome.Status != StoreStatus.Ok)
            {
                await RefuseAsync(call, request, plan, outcome).ConfigureAwait(false);
                return;
            }

            await call.WaitDurableAsync(outcome.Revision, call.State.Options.HoldsReplies || request.WantsDisk).ConfigureAwait(false);
            await ExecuteReply.WriteAsync(call, request, batch, body, outcome.Revision, now).ConfigureAwait(false);
        }
        finally
        {
            call.State.Batches.Return(batch, body.Length);
        }
    }

    private static Task RefuseAsync(HttpCall call, ExecuteRequest request, ExecutePlan plan, BatchOutcome outcome)
    {
        int failed = plan.OwnerOf(outcome.FailedCommand);
        if (failed < 0 || outcome.Status == StoreStatus.NamespaceDropped)
        {
            return outcome.Status is StoreStatus.NoMemory or StoreStatus.Failed or StoreStatus.NamespaceDropped
                ? call.RefuseAsync(outcome.Status)
                : call.RefuseAsync(StatusCodes.Status500InternalServerError, $"could not execute command: {outcome.Status}");
        }

        ExecuteCommand command = request.Commands[failed];
        (int status, string reason) = outcome.Status switch
        {
            StoreStatus.NotNumeric => (StatusCodes.Status409Conflict, "the value is not an unsigned 64-bit number"),
            StoreStatus.TooLarge when command.Kind == ExecuteKind.Get =>
                (StatusCodes.Status413PayloadTooLarge, $"the values read are more than {MostReadBytes} bytes together"),
            StoreStatus.TooLarge => (StatusCodes.Status413PayloadTooLarge, "the item is larger than the store's largest (-I)"),
            _ => (StatusCodes.Status409Conflict, command.IfAbsent ? "the key is there" : "the item has another revision, or is not there"),
        };
        return call.JsonAsync(status, json =>
        {
            json.WriteString("error"u8, reason);
            json.WriteNumber("command"u8, failed);
        });
    }
}
