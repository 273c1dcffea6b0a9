using Microsoft.AspNetCore.WebUtilities;

namespace Siar.Tool;

/// <summary>Gives the answers a sentence that routing makes without one: there is nothing at a path, or not for that method. All other requests pass.</summary>
internal static class StatusSentence
{
    // Everything of the hub's has a route; what is chosen where none has the method is an endpoint without one.
    public static Task InvokeAsync(HttpContext context, RequestDelegate next) => context.GetEndpoint() is RouteEndpoint ? next(context) : AnswerAsync(context, next);

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < StatusCodes.Status400BadRequest || response.ContentLength is not null || response.ContentType is not null) return;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.WriteAsync(Of(response) + "\n");
    }

    private static string Of(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this path. Events are at /events/TOPIC, the Mercure protocol at its own path, and the dashboard at /.",
        StatusCodes.Status405MethodNotAllowed when response.Headers.Allow.Count > 0 => $"This path does not take that method: it takes {response.Headers.Allow}.",
        var status => $"The request was not served: {ReasonPhrases.GetReasonPhrase(status)} ({status}).",
    };
}
