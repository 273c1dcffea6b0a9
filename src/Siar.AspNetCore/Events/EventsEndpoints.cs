using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>The plain API, <c>/events</c>, and streams of fixed topics at paths of an application's own.</summary>
internal sealed class EventsEndpoints(
    EventHub hub, EndpointErrors errors, EndpointMapper mapper, AccessResolver resolver, StreamPipeline streams, PlainSubscribe subscribe, PublishPipeline publishes, PlainPublish publish, SubscribeInput input, RefusalResponse refusals)
    : IHubEndpoints
{
    /// <summary>Registers what the endpoints need.</summary>
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<PlainSubscribe>();
        services.AddSingleton<PlainPublish>();
        services.AddSingleton<EventsEndpoints>();
        services.AddSingleton<IHubEndpoints>(s => s.GetRequiredService<EventsEndpoints>());
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        resolver.RequireRule();
        foreach (var pattern in new[] { "/events", "/events/{**topic}" })
        {
            mapper.MapStream(endpoints, pattern, EndpointMapper.Reading, context => streams.RunAsync(context, subscribe)).WithDisplayName("Siar: read events")
                .WithMetadata(pattern == "/events" ? [new SiarEndpointKind(SiarEndpoint.Events)] : []);
            mapper.Map(endpoints, pattern, [HttpMethods.Post], context => publishes.RunAsync(context, publish)).WithDisplayName("Siar: publish events");
            mapper.MapOptions(endpoints, pattern, [.. EndpointMapper.Reading, HttpMethods.Post], "events");
        }
    }

    /// <summary>Maps one stream of fixed topics.</summary>
    public IEndpointConventionBuilder MapFixed(IEndpointRouteBuilder endpoints, string path, MatcherSet topics)
    {
        var stream = new MappedStream(new StreamRequest(topics), topics, hub, input, refusals);
        return mapper.MapStream(endpoints, path, EndpointMapper.Reading, context => streams.RunAsync(context, stream)).WithDisplayName(NameOf(path));
    }

    /// <summary>Maps one stream of topics that depend on the request.</summary>
    public IEndpointConventionBuilder MapChosen(IEndpointRouteBuilder endpoints, string path, Func<HttpContext, ValueTask<StreamRequest?>> choose) =>
        Describe(endpoints.MapMethods(path, EndpointMapper.Reading, async context => await StreamAsync(context, await choose(context))), path);

    /// <summary>What an endpoint of the application's own is that streams.</summary>
    public static IEndpointConventionBuilder Describe(IEndpointConventionBuilder endpoint, string path) => StreamConventions.Add(HubRoute.On(endpoint)).WithDisplayName(NameOf(path));

    /// <summary>
    /// Streams what the application has said for this caller; null for one that is not known. What the application throws before that is its own, and no fault of
    /// the hub's.
    /// </summary>
    public Task StreamAsync(HttpContext context, StreamRequest? request) => errors.Wrap(
        request is null ? c => refusals.SendAsync(c, Refusal.Unauthenticated) : c => streams.RunAsync(c, new MappedStream(request, topics: null, hub, input, refusals)))(context);

    private static string NameOf(string path) => $"Siar: events of {path}";
}
