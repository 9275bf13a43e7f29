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

    public static void Add(RouteTable routes) => routes.Add("POST", "/v1/execute", RouteAccess.Token, ExecuteAsync, RouteTraits.Brief);

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

            if (body.IsLarge)
            {
                await call.State.LeaveReaderAsync().ConfigureAwait(false);
            }

            ExecuteWork work = call.State.Executes.Rent(call.Store);
            try
            {
                work.Request.Read(body.Span);
                await AnswerAsync(call, work, body).ConfigureAwait(false);
            }
            finally
            {
                call.State.Executes.Return(work, body.Length);
            }
        }
    }

    private static Task AnswerAsync(HttpCall call, ExecuteWork work, RequestBody body)
    {
        ExecuteRequest request = work.Request;
        if (request.Error != null)
        {
            return call.RefuseAsync(StatusCodes.Status400BadRequest, request.Error);
        }

        if (request.LacksNamespace)
        {
            return call.RefuseNoNamespaceAsync();
        }

        if (request.WantsDisk && !call.Store.IsDurable)
        {
            return call.RefuseAsync(StatusCodes.Status400BadRequest, "durability disk needs a data directory (--data-dir)");
        }

        return MayRun(call, request)
            ? RunAsync(call, work, body)
            : call.RefuseAsync(StatusCodes.Status403Forbidden, "the token does not allow this in one of the namespaces");
    }

    private static bool MayRun(HttpCall call, ExecuteRequest request)
    {
        if (call.State.Options.Tokens == null)
        {
            return true;
        }

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

    private static async Task RunAsync(HttpCall call, ExecuteWork work, RequestBody body)
    {
        ExecuteRequest request = work.Request;
        StoreBatch batch = work.Batch;
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
        await ExecuteReply.WriteAsync(call, work, body, outcome.Revision, now).ConfigureAwait(false);
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
