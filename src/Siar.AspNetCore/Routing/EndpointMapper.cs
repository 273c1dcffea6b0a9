using Microsoft.AspNetCore.Routing;

namespace Siar.AspNetCore;

/// <summary>
/// What a feature answers. Made by the container, so that its handlers have what they need when a request comes: to look it up then would make a scope of
/// services for each request.
/// </summary>
internal interface IHubEndpoints
{
    /// <summary>Maps it. Called by <c>MapSiar</c>, in the order in which the features were added.</summary>
    void Map(IEndpointRouteBuilder endpoints);
}

/// <summary>Maps endpoints as all of the hub's are.</summary>
internal sealed class EndpointMapper(EndpointErrors errors, CorsHandler cors)
{
    /// <summary>RFC 9110, 9.1: "All general-purpose servers MUST support the methods GET and HEAD".</summary>
    public static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps an endpoint.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="pattern">The route pattern.</param>
    /// <param name="methods">The methods.</param>
    /// <param name="handler">The handler.</param>
    /// <param name="isForPages">Whether pages of allowed origins may read the answer.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern, string[] methods, RequestDelegate handler, bool isForPages = true) =>
        HubRoute.On(endpoints.MapMethods(pattern, methods, errors.Wrap(handler, isForPages)));

    /// <summary>Maps an endpoint that sends streams.</summary>
    public IEndpointConventionBuilder MapStream(IEndpointRouteBuilder endpoints, string pattern, string[] methods, RequestDelegate handler) =>
        StreamConventions.Add(Map(endpoints, pattern, methods, handler));

    /// <summary>
    /// Maps the answer to <c>OPTIONS</c>, which names the methods that there are, to everybody: a browser asks so before it sends credentials (Fetch, 4.8: "a CORS-preflight
    /// request … never includes credentials").
    /// </summary>
    public void MapOptions(IEndpointRouteBuilder endpoints, string pattern, string[] methods, string about)
    {
        var allow = string.Join(", ", methods.Append(HttpMethods.Options));
        HubRoute.On(endpoints.MapMethods(pattern, [HttpMethods.Options], context => cors.AnswerOptionsAsync(context, allow))).AllowAnonymous().WithDisplayName($"Siar: ask about {about}");
    }
}
