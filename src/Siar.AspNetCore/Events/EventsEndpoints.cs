using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.Topics;

namespace Siar.AspNetCore;

/// <summary>The plain API, <c>/events</c>, and streams of fixed topics at paths of an application's own.</summary>
internal sealed class EventsEndpoints(
    EndpointMapper mapper, AccessResolver resolver, StreamPipeline streams, PlainSubscribe subscribe, PublishPipeline publishes, PlainPublish publish, SubscribeInput input, RefusalResponse refusals)
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
        resolver.TellMode();
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
        var stream = new MappedStream(topics, input, refusals);
        return mapper.MapStream(endpoints, path, EndpointMapper.Reading, context => streams.RunAsync(context, stream)).WithDisplayName($"Siar: events of {path}");
    }
}
