using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Siar.Auth;

namespace Siar.AspNetCore;

/// <summary>Maps the Mercure path, what is below it, and the document about the hub as a protected resource.</summary>
internal static class MercureRoutes
{
    private const string Query = "QUERY";

    public static void MapMercure(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<SiarOptions>>().Value;
        var path = options.Mercure.Path;
        var authority = services.GetService<TokenAuthority>();
        var door = new Mapper(endpoints, services.GetRequiredService<EndpointGuard>(), services.GetRequiredService<CorsDoor>());
        // A role without keys is closed: the method is not there (405).
        var isOpen = authority is null || options.DevelopmentMode == true || services.GetService<ISiarAuthorizer>() is not null;
        string[] reading = isOpen || authority!.IsOpen(TokenRole.Subscribe) ? [HttpMethods.Get, HttpMethods.Head, Query] : [];
        string[] writing = isOpen || authority!.IsOpen(TokenRole.Publish) ? [HttpMethods.Post] : [];
        if (reading.Length > 0) StreamConventions.Add(door.Map(path, reading, services.GetRequiredService<MercureSubscribe>().HandleAsync)).WithDisplayName("Siar: subscribe (Mercure)");
        if (writing.Length > 0) door.Map(path, writing, services.GetRequiredService<MercurePublish>().HandleAsync).WithDisplayName("Siar: publish (Mercure)");
        door.MapOptions(path, [.. reading, .. writing]);
        if (options.Mercure.Subscriptions && reading.Length > 0) MapSubscriptions(door, path, services);
        MapMetadata(door, options, services);
    }

    private static void MapSubscriptions(Mapper door, string path, IServiceProvider services)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        foreach (var pattern in new[] { path + PresenceTopics.Segment, path + PresenceTopics.Segment + "/{**rest}" })
        {
            door.Map(pattern, methods, services.GetRequiredService<SubscriptionsEndpoint>().HandleAsync).WithDisplayName("Siar: who is subscribed (Mercure)");
            door.MapOptions(pattern, methods);
        }
    }

    // RFC 9728, 3.1: the well-known part stands before the resource's own path. Without keys there is nothing to tell.
    private static void MapMetadata(Mapper door, SiarOptions options, IServiceProvider services)
    {
        if (services.GetService<ResourceMetadata>() is not { } metadata) return;
        foreach (var path in new[] { options.Mercure.Path, HubIdentity.PathOf(options) }.Distinct())
            door.Map(HubIdentity.MetadataPath + path, [HttpMethods.Get, HttpMethods.Head], metadata.HandleAsync).AllowAnonymous().WithDisplayName("Siar: the hub as a protected resource");
    }

    private sealed record Mapper(IEndpointRouteBuilder Endpoints, EndpointGuard Guard, CorsDoor Cors)
    {
        public IEndpointConventionBuilder Map(string pattern, string[] methods, RequestDelegate handler) => Endpoints.MapMethods(pattern, methods, Guard.Around(handler));

        public void MapOptions(string pattern, string[] methods)
        {
            var allow = string.Join(", ", methods.Append(HttpMethods.Options));
            Endpoints.MapMethods(pattern, [HttpMethods.Options], context => Cors.AnswerOptionsAsync(context, allow)).AllowAnonymous().WithDisplayName($"Siar: ask about {pattern}");
        }
    }
}
