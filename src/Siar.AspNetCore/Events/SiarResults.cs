using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Siar.AspNetCore;

/// <summary>Streams as results of the application's own endpoints.</summary>
public static class SiarResults
{
    /// <summary>
    /// Streams topics to the caller: with the hub's cursors, representations, keep-alives, limits and drain. Public events are for whoever may call the endpoint;
    /// private ones as well where the endpoint requires authorisation. For <c>GET</c> and <c>HEAD</c>.
    /// </summary>
    /// <param name="topics">At least one; each is one topic, whatever characters it holds.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    public static IResult Events(params IEnumerable<string> topics) => new EventsResult(new StreamRequest(topics));

    /// <summary>The same, of what a request says.</summary>
    /// <param name="request">What is streamed; null for a caller that is not known, who is answered 401.</param>
    public static IResult Events(StreamRequest? request) => new EventsResult(request);
}

/// <summary>A stream that an endpoint has answered with. Also what a controller's action may return.</summary>
internal sealed class EventsResult(StreamRequest? request) : IResult, IActionResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var events = httpContext.RequestServices.GetService<EventsEndpoints>() ?? throw new InvalidOperationException("There is no hub to read from: call builder.Services.AddSiar() first.");
        return events.StreamAsync(httpContext, request);
    }

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    /// <summary>Makes the result of what a handler has returned.</summary>
    /// <param name="returned">A topic, several, a request, a result, or null for a caller that is not known.</param>
    /// <param name="path">Where the handler is mapped.</param>
    public static IResult Of(object? returned, string path) => returned switch
    {
        null => new EventsResult(null),
        IResult result => result,
        string topic => new EventsResult(topic),
        StreamRequest request => new EventsResult(request),
        IEnumerable<string> topics => new EventsResult(new StreamRequest(topics)),
        _ => throw new InvalidOperationException($"The handler of the stream at '{path}' returned a {returned.GetType()}: return a topic, several of them, a StreamRequest, or an IResult."),
    };
}
