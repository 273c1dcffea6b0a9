using Microsoft.AspNetCore.Connections;

namespace Siar.AspNetCore;

/// <summary>Stands around every door: lets allowed pages read its answers, and keeps what a peer does on the wire from becoming an unhandled exception.</summary>
internal sealed class EndpointGuard(Refuser refuser, CorsDoor cors)
{
    public RequestDelegate Around(RequestDelegate handler) => async context =>
    {
        cors.Apply(context);
        try
        {
            await handler(context);
        }
        catch (BadHttpRequestException failure) when (!context.Response.HasStarted)
        {
            // The body was malformed, cut off, or too slow.
            await refuser.AnswerAsync(context, new Refusal(failure.StatusCode, RefusalReason.Invalid, "The body could not be read. " + failure.Message));
        }
        catch (Exception failure) when (IsPeerGone(failure, context))
        {
            // There is nobody to answer.
        }
    };

    private static bool IsPeerGone(Exception failure, HttpContext context) =>
        failure is ConnectionResetException or ConnectionAbortedException
            || (failure is OperationCanceledException && context.RequestAborted.IsCancellationRequested);
}
