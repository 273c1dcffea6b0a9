using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>The Mercure path, what is below it, and the document about the hub as a protected resource.</summary>
internal sealed class MercureEndpoints(
    EndpointMapper mapper, StreamPipeline streams, MercureSubscribe subscribe, PublishPipeline publishes, MercurePublish publish, SubscriptionsEndpoint subscriptions,
    IOptions<SiarOptions> options, HubUrl url, ISiarAuthorizer? authorizer = null, TokenAuthority? authority = null)
    : IHubEndpoints
{
    /// <summary>The method that asks as a query does, with the fields in its body.</summary>
    public const string Query = "QUERY";

    /// <summary>Registers what the endpoints need.</summary>
    public static void Register(IServiceCollection services)
    {
        services.PostConfigure<SiarOptions>(static options =>
        {
            var path = HubUrl.PathOf(options);
            options.Hub.AddReservedClass(path + "/");
            options.Hub.PresencePrefix = options.Mercure.Subscriptions ? path + PresenceTopics.Segment + "/" : null;
            options.Hub.PresenceForm = options.Mercure.Subscriptions ? new MercurePresenceForm(path) : null;
        });
        services.AddSingleton<Presence>();
        services.AddSingleton<MercureV0Form>();
        services.AddSingleton<MercureSubscribe>();
        services.AddSingleton<MercurePublish>();
        services.AddSingleton<SubscriptionsEndpoint>();
        services.AddSingleton<IHubEndpoints, MercureEndpoints>();
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        var path = options.Value.Mercure.Path;
        // A role without keys is closed: the method is not there (405).
        var isOpen = authority is null || options.Value.DevelopmentMode == true || authorizer is not null;
        string[] reading = isOpen || options.Value.AnonymousReaders.Count > 0 || authority!.IsOpen(TokenRole.Subscribe) ? [.. EndpointMapper.Reading, Query] : [];
        string[] writing = isOpen || authority!.IsOpen(TokenRole.Publish) ? [HttpMethods.Post] : [];
        if (reading.Length > 0) mapper.MapStream(endpoints, path, reading, SubscribeAsync).WithDisplayName("Siar: subscribe (Mercure)");
        if (writing.Length > 0) mapper.Map(endpoints, path, writing, PublishAsync).WithDisplayName("Siar: publish (Mercure)");
        mapper.MapOptions(endpoints, path, [.. reading, .. writing], path);
        if (options.Value.Mercure.Subscriptions && reading.Length > 0) MapSubscriptions(endpoints, path);
        MapMetadata(endpoints);
    }

    private Task SubscribeAsync(HttpContext context)
    {
        MercureHeaders.SetSecurity(context.Response);
        return streams.RunAsync(context, subscribe);
    }

    private Task PublishAsync(HttpContext context)
    {
        MercureHeaders.SetSecurity(context.Response);
        return publishes.RunAsync(context, publish);
    }

    private void MapSubscriptions(IEndpointRouteBuilder endpoints, string path)
    {
        foreach (var pattern in new[] { path + PresenceTopics.Segment, path + PresenceTopics.Segment + "/{**rest}" })
        {
            mapper.Map(endpoints, pattern, EndpointMapper.Reading, subscriptions.HandleAsync).WithDisplayName("Siar: who is subscribed (Mercure)");
            mapper.MapOptions(endpoints, pattern, EndpointMapper.Reading, pattern);
        }
    }

    // RFC 9728, 3.1: the well-known part stands before the resource's own path. Without keys there is nothing to tell.
    private void MapMetadata(IEndpointRouteBuilder endpoints)
    {
        if (authority is null) return;
        var metadata = new ResourceMetadata(url, authority, options);
        foreach (var path in new[] { options.Value.Mercure.Path, HubUrl.PathOf(options.Value) }.Distinct())
        {
            HubRoute.Open(mapper.Map(endpoints, HubUrl.MetadataPath + path, EndpointMapper.Reading, metadata.HandleAsync))
                .WithDisplayName("Siar: the hub as a protected resource");
        }
    }
}
