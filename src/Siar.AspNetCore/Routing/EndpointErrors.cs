using Microsoft.AspNetCore.Connections;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Wraps the hub's endpoints: lets allowed pages read their answers, and keeps what a peer does on the wire, and what nobody has foreseen, from becoming
/// an unhandled exception. No request is answered with a fault and no sentence.
/// </summary>
internal sealed class EndpointErrors(EventHub hub, RefusalResponse refusals, CorsHandler cors, AccessLog log, RequestMetrics requests)
{
    // RFC 9457. Details of the fault are for the operator, in the log.
    private const string FaultBody =
        """{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The hub met a fault of its own and did not finish the request. Its log says what it was."}""";

    /// <summary>Wraps a handler.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="isForPages">Whether pages of allowed origins may read the answer.</param>
    public RequestDelegate Wrap(RequestDelegate handler, bool isForPages = true) => async context =>
    {
        if (isForPages) cors.Apply(context);
        var entry = log.Begin(context, static c => QueryToken.Redact(c.Request.QueryString.Value));
        try
        {
            await handler(context);
        }
        catch (Exception failure) when (IsPeerGone(failure, context))
        {
            // There is nobody to answer. The server would look for the rest of the body, and log that there is a read under way: it is not to.
            context.Abort();
        }
        catch (Exception failure) when (context.Response.HasStarted)
        {
            // The answer cannot be taken back; a peer must not take what it has for whole.
            if (failure is not BadHttpRequestException) hub.Metrics.CountFailure(failure);
            context.Abort();
        }
        catch (BadHttpRequestException failure)
        {
            // The body was malformed, cut off, or too slow.
            await refusals.SendAsync(context, new Refusal(failure.StatusCode, RefusalReason.Invalid, "The body could not be read. " + failure.Message));
        }
        catch (Exception failure)
        {
            hub.Metrics.CountFailure(failure);
            await AnswerFaultAsync(context, isForPages);
        }
        finally
        {
            requests.Count(context);
            entry?.EndRequest(context);
        }
    };

    private Task AnswerFaultAsync(HttpContext context, bool isForPages)
    {
        var response = context.Response;
        response.Clear();
        if (isForPages) cors.Apply(context);
        response.StatusCode = StatusCodes.Status500InternalServerError;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        return response.WriteAsync(FaultBody, context.RequestAborted);
    }

    private static bool IsPeerGone(Exception failure, HttpContext context) =>
        failure is ConnectionResetException or ConnectionAbortedException
            || (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested);
}
