using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace Siar.Tool;

/// <summary>Gives the answers a sentence that the web server and its routing make without one.</summary>
internal static class StatusSentence
{
    public static Task WriteAsync(StatusCodeContext about)
    {
        var response = about.HttpContext.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        return HttpMethods.IsHead(about.HttpContext.Request.Method) ? Task.CompletedTask : response.WriteAsync(Of(response) + "\n");
    }

    private static string Of(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this path. Events are at /events/TOPIC, the Mercure protocol at its own path, and the dashboard at /.",
        StatusCodes.Status405MethodNotAllowed when response.Headers.Allow.Count > 0 => $"This path does not take that method: it takes {response.Headers.Allow}.",
        var status => $"The request was not served: {ReasonPhrases.GetReasonPhrase(status)} ({status}).",
    };
}
