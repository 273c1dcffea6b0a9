namespace Siar.AspNetCore;

/// <summary>Keeps what a peer does on the wire from becoming an unhandled exception of the application.</summary>
internal static class EndpointGuard
{
    public static RequestDelegate Of(RequestDelegate handler) => async context =>
    {
        try
        {
            await handler(context);
        }
        catch (BadHttpRequestException failure) when (!context.Response.HasStarted)
        {
            // The body was malformed, too slow, or larger than the server takes.
            context.Response.StatusCode = failure.StatusCode;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("The request's body could not be read: " + failure.Message + "\n");
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The peer has gone; there is nobody to answer.
        }
    };
}
