using Microsoft.AspNetCore.Connections;

namespace Siar.AspNetCore;

/// <summary>Keeps what a peer does on the wire from becoming an unhandled exception of the application.</summary>
internal sealed class EndpointGuard(Refuser refuser)
{
    public RequestDelegate Around(RequestDelegate handler) => async context =>
    {
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
