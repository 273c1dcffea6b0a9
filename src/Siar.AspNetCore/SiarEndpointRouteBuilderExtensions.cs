using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.AspNetCore;
using Siar.Topics;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a hub's endpoints into an application.</summary>
public static class SiarEndpointRouteBuilderExtensions
{
    private const string NoHub = "There is no hub to map: call builder.Services.AddSiar() first.";

    /// <summary>
    /// Maps the Mercure protocol, the plain API (<c>GET</c>, <c>HEAD</c> and <c>POST</c> on <c>/events</c> and <c>/events/{topic}</c>), the probes under <c>/health</c>, <c>/metrics</c>,
    /// and <c>/openapi.json</c>, which describes all of it. What is returned adds conventions to all of them.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiar(this IEndpointRouteBuilder endpoints)
    {
        IHubEndpoints[] features = [.. endpoints.ServiceProvider.GetServices<IHubEndpoints>()];
        if (features.Length == 0) throw new InvalidOperationException(NoHub);
        var group = endpoints.MapGroup("");
        foreach (var feature in features) feature.Map(group);
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
        var events = endpoints.ServiceProvider.GetService<EventsEndpoints>() ?? throw new InvalidOperationException(NoHub);
        return events.MapFixed(endpoints, path, matchers);
    }
}
