using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Lets a response of the application's own say where events about it are (Mercure: discovery).</summary>
public static class HubLinkExtensions
{
    /// <summary>
    /// Adds <c>Link: &lt;hub&gt;; rel="mercure"</c>, with the id of the newest event: a reader that begins after it misses nothing that happens while the
    /// response is under way. So call it before the state is read that the response shows.
    /// </summary>
    /// <param name="response">The response, not begun.</param>
    /// <param name="topic">The topic of the events about it, which becomes <c>rel="self"</c>; null for none.</param>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static void LinkToHub(this HttpResponse response, string? topic = null)
    {
        var services = response.HttpContext.RequestServices;
        var url = services.GetService<HubUrl>() ?? throw new InvalidOperationException("There is no hub to link to: call builder.Services.AddSiar() first.");
        var newest = services.GetRequiredService<EventHub>().NewestId is { IsNone: false } id ? id.Value : CursorInput.Earliest;
        response.Headers.Append("Link", $"<{url.Link}>; rel=\"mercure\"; last-event-id=\"{MercureHeaders.Quote(newest)}\"");
        if (topic is not null) response.Headers.Append("Link", $"<{MercureHeaders.Encode(topic, " <>\"")}>; rel=\"self\"");
    }
}
