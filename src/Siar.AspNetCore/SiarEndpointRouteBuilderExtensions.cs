using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.AspNetCore;
using Siar.Topics;
using Siar.Wire;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps a hub's endpoints into an application.</summary>
public static class SiarEndpointRouteBuilderExtensions
{
    private const string NoHub = "There is no hub to map: call builder.Services.AddSiar() first.";

    /// <summary>
    /// Maps the doors for readers that choose their topics, and for publishers over HTTP: the Mercure protocol, and the plain API (<c>GET</c>, <c>HEAD</c> and <c>POST</c> on <c>/events</c>
    /// and <c>/events/{topic}</c>). What is returned adds conventions to all of them, such as <c>RequireAuthorization</c>, which closes them but for the answers to <c>OPTIONS</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// <c>AddSiar</c> was not called; or nothing says who may read what, outside of the Development environment.
    /// </exception>
    public static IEndpointConventionBuilder MapSiar(this IEndpointRouteBuilder endpoints)
    {
        IHubEndpoints[] features = [.. endpoints.ServiceProvider.GetServices<IHubEndpoints>()];
        if (features.Length == 0) throw new InvalidOperationException(NoHub);
        var group = endpoints.MapGroup("");
        foreach (var feature in features) feature.Map(group);
        return group;
    }

    /// <summary>
    /// Maps the probes <c>/health/live</c> (the process can go on) and <c>/health/ready</c> (it should be sent requests), both 503 and a sentence when not. For everybody, unless an
    /// authorisation is set on what is returned, or on the group that they are in.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiarHealth(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("");
        (endpoints.ServiceProvider.GetService<AdminEndpoints>() ?? throw new InvalidOperationException(NoHub)).MapHealth(group);
        return group;
    }

    /// <summary>
    /// Maps <c>/metrics</c>, Prometheus text, or OpenMetrics where that is asked for. Where the hub has keys, for tokens that may subscribe to the topic of <c>metrics</c> below the
    /// Mercure path, unless <c>TokenOptions.GuardMetrics</c> is false; else for everybody (in development mode on this machine), unless an authorisation says otherwise.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiarMetrics(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("");
        (endpoints.ServiceProvider.GetService<AdminEndpoints>() ?? throw new InvalidOperationException(NoHub)).MapMetrics(group);
        return group;
    }

    /// <summary>
    /// Maps <c>/revocations</c>, where the streams of callers are ended and callers refused (<c>POST</c>), let in again (<c>DELETE</c>), and listed (<c>GET</c>). For those whose grants mean the
    /// topic of <c>revocations</c> below the Mercure path, to publish; for whoever passes, where an authorisation is set on what is returned, or on the group that they are in.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiarRevocations(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("");
        (endpoints.ServiceProvider.GetService<RevocationEndpoints>() ?? throw new InvalidOperationException(NoHub)).Map(group);
        return group;
    }

    /// <summary>Maps <c>/openapi.json</c>, which describes what is mapped of the hub below the same path. For everybody, unless an authorisation is set.</summary>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiarOpenApi(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("");
        (endpoints.ServiceProvider.GetService<ApiDocument>() ?? throw new InvalidOperationException(NoHub)).Map(group);
        return group;
    }

    /// <summary>
    /// Maps one stream of fixed topics at a path of the application's own. Everybody who may call the endpoint gets their public events;
    /// with <c>RequireAuthorization</c> on it, whoever passes gets the private ones as well.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The route pattern.</param>
    /// <param name="topics">At least one topic; <c>*</c> is every topic.</param>
    /// <exception cref="ArgumentException">There is no topic, or one has a <c>{</c>: a fixed topic takes no route values.</exception>
    /// <exception cref="FormatException">A topic holds what a topic may not.</exception>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints, string path, params IEnumerable<string> topics)
    {
        string[] texts = [.. topics];
        if (texts.FirstOrDefault(t => t.Contains('{', StringComparison.Ordinal)) is { } braced)
            throw new ArgumentException($"The topic '{braced}' of the stream at '{path}' is fixed and takes no route values. Give a function: app.MapEvents(\"{path}\", (string id) => $\"{braced}\").", nameof(topics));
        var matchers = MatcherSet.Of(texts.Select(t => t == "*" ? Matcher.All : Matcher.Exact(Topic.Parse(t))));
        if (matchers.Matchers.IsEmpty) throw new ArgumentException($"The stream at '{path}' has no topic: give at least one.", nameof(topics));
        return EventsOf(endpoints).MapFixed(endpoints, path, matchers);
    }

    /// <summary>
    /// Maps a stream of topics that depend on who asks, or on a route value. Whoever may call the endpoint gets the public events of what the function returns; with
    /// <c>RequireAuthorization</c> on it, or where the request says so, the private ones as well.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The route pattern.</param>
    /// <param name="choose">Says what to stream to a caller; null for one that is not known, who is answered 401. A topic by itself will do. May run concurrently.</param>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, StreamRequest?> choose) =>
        EventsOf(endpoints).MapChosen(endpoints, path, context => ValueTask.FromResult(choose(context)));

    /// <inheritdoc cref="MapEvents(IEndpointRouteBuilder, string, Func{HttpContext, StreamRequest})" />
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints, string path, Func<HttpContext, ValueTask<StreamRequest?>> choose) =>
        EventsOf(endpoints).MapChosen(endpoints, path, choose);

    /// <summary>
    /// Maps a stream of a typed topic, or of the one of a family that the route names: the value of each variable of the topic is the route's value of the same name.
    /// Everybody who may call the endpoint gets the public events; with <c>RequireAuthorization</c> on it, whoever passes gets the private ones as well.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The route pattern, as <c>/orders/{id}/live</c> for the topic <c>orders/{id}</c>.</param>
    /// <param name="topic">The topic or the family.</param>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called; or, when the application starts, the route has no value for a variable of the topic.</exception>
    public static IEndpointConventionBuilder MapEvents<T>(this IEndpointRouteBuilder endpoints, string path, Topic<T> topic) =>
        TypedStream.Describe(EventsOf(endpoints).MapChosen(endpoints, path, context => ValueTask.FromResult<StreamRequest?>(TypedStream.RequestOf(context, topic))), topic);

    /// <summary>
    /// The same with a handler as minimal APIs have them: its parameters are bound from route, query, services and user, and it may be asynchronous. It returns a topic, several
    /// of them, a <see cref="StreamRequest"/>, null for a caller that is not known, or a result of its own, such as <c>Results.NotFound()</c>.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The route pattern.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    [RequiresUnreferencedCode("Binds the handler's parameters by reflection. Give a function of the HttpContext, or return SiarResults.Events(…) from an endpoint of MapGet.")]
    [RequiresDynamicCode("Binds the handler's parameters by reflection. Give a function of the HttpContext, or return SiarResults.Events(…) from an endpoint of MapGet.")]
    public static IEndpointConventionBuilder MapEvents(this IEndpointRouteBuilder endpoints, string path, Delegate handler)
    {
        _ = EventsOf(endpoints);
        var endpoint = endpoints.MapMethods(path, EndpointMapper.Reading, handler);
        endpoint.AddEndpointFilter(async (context, next) => EventsResult.Of(await next(context), path));
        return EventsEndpoints.Describe(endpoint, path);
    }

    private static EventsEndpoints EventsOf(IEndpointRouteBuilder endpoints) => endpoints.ServiceProvider.GetService<EventsEndpoints>() ?? throw new InvalidOperationException(NoHub);
}
