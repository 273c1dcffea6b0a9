using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.AspNetCore;
using Siar.Topics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a hub's doors into an application.</summary>
public static class SiarEndpointRouteBuilderExtensions
{
    // RFC 9110, 9.1: "All general-purpose servers MUST support the methods GET and HEAD".
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>
    /// Maps the Mercure protocol, the plain API (<c>GET</c>, <c>HEAD</c> and <c>POST</c> on <c>/events</c> and <c>/events/{topic}</c>), the probes under <c>/health</c>, <c>/metrics</c>,
    /// and <c>/openapi.json</c>, which describes all of it. What is returned adds conventions to all of them.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiar(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var guard = Door<EndpointGuard>(services);
        var subscribe = Door<SubscribeEndpoint>(services);
        var publish = Door<PublishEndpoint>(services);
        var cors = Door<CorsDoor>(services);
        Door<AccessResolver>(services).TellMode();
        var group = endpoints.MapGroup("");
        foreach (var pattern in new[] { "/events", "/events/{**topic}" })
        {
            StreamConventions.Add(group.MapMethods(pattern, Reading, guard.Around(subscribe.HandleAsync))).WithDisplayName("Siar: read events")
                .WithMetadata(pattern == "/events" ? [new SiarEndpointKind(SiarEndpoint.Events)] : []);
            group.MapMethods(pattern, [HttpMethods.Post], guard.Around(publish.HandleAsync)).WithDisplayName("Siar: publish events");
            group.MapMethods(pattern, [HttpMethods.Options], context => cors.AnswerOptionsAsync(context, "GET, HEAD, POST, OPTIONS")).AllowAnonymous().WithDisplayName("Siar: ask about events");
        }

        group.MapMercure();

        group.MapAdmin();
        var document = Door<ApiDocument>(services);
        group.MapMethods(ApiDocument.Path, [HttpMethods.Get, HttpMethods.Head], guard.Around(document.HandleAsync)).AllowAnonymous().WithDisplayName("Siar: OpenAPI");
        return group;
    }

    /// <summary>
    /// Maps one stream of fixed topics at a path of the application's own. Everybody who may call the endpoint gets their public events;
    /// with <c>RequireAuthorization</c> on it, whoever passes gets the private ones as well.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The route pattern.</param>
    /// <param name="topics">At least one topic; <c>*</c> is every topic.</param>
    /// <exception cref="ArgumentException">There is no topic.</exception>
    /// <exception cref="FormatException">A topic holds what a topic may not.</exception>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints, string path, params IEnumerable<string> topics)
    {
        var matchers = MatcherSet.Of(topics.Select(t => t == "*" ? Matcher.All : Matcher.Exact(Topic.Parse(t))));
        if (matchers.Matchers.IsEmpty) throw new ArgumentException($"The stream at '{path}' has no topic: give at least one.", nameof(topics));
        var services = endpoints.ServiceProvider;
        var stream = new MappedStream(matchers, Door<StreamDoor>(services), Door<Refuser>(services));
        return StreamConventions.Add(endpoints.MapMethods(path, Reading, Door<EndpointGuard>(services).Around(stream.HandleAsync)))
            .WithDisplayName($"Siar: events of {path}");
    }

    private static T Door<T>(IServiceProvider services)
        where T : class =>
        services.GetService<T>() ?? throw new InvalidOperationException("There is no hub to map: call builder.Services.AddSiar() first.");
}
