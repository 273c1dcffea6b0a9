using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;

namespace Siar.AspNetCore;

/// <summary>
/// Looks, before the server takes requests, whether the application answers at an address of the hub's as well. The framework would say so to whoever asks for it first,
/// with 500, or not at all where only one of the two names its methods.
/// </summary>
internal sealed class RouteClashes : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        if (app.ApplicationServices.GetService<EndpointDataSource>() is { } mapped && Find(mapped.Endpoints) is { } sentence) throw new InvalidOperationException(sentence);
    };

    /// <summary>Says which endpoints clash; null where none do.</summary>
    public static string? Find(IEnumerable<Endpoint> endpoints)
    {
        var routes = endpoints.OfType<RouteEndpoint>().Where(e => e.Metadata.GetMetadata<ISuppressMatchingMetadata>() is not { SuppressMatching: true });
        foreach (var alike in routes.GroupBy(e => (e.Order, Address: AddressOf(e.RoutePattern))))
        {
            RouteEndpoint[] all = [.. alike];
            for (var i = 0; i < all.Length; i++)
            {
                for (var j = i + 1; j < all.Length; j++)
                {
                    if (!IsOfHub(all[i]) && !IsOfHub(all[j])) continue;
                    if (Common(all[i], all[j]) is { } methods) return Sentence(all[i], all[j], methods);
                }
            }
        }

        return null;
    }

    private static bool IsOfHub(Endpoint endpoint) => endpoint.Metadata.GetMetadata<HubRoute>() is not null;

    /// <summary>The methods that both answer, on a host that both serve; null where there are none.</summary>
    private static string? Common(Endpoint one, Endpoint other)
    {
        // Where one alone names its hosts, requests for them are its own.
        var (hosts, others) = (HostsOf(one), HostsOf(other));
        if (hosts.Count > 0 || others.Count > 0)
        {
            if (!hosts.Any(h => others.Contains(h, StringComparer.OrdinalIgnoreCase))) return null;
        }

        var (methods, otherMethods) = (MethodsOf(one), MethodsOf(other));
        if (methods.Count == 0 || otherMethods.Count == 0) return string.Join(", ", methods.Count == 0 ? otherMethods : methods);
        string[] both = [.. methods.Intersect(otherMethods, StringComparer.OrdinalIgnoreCase)];
        return both.Length == 0 ? null : string.Join(", ", both);
    }

    private static IReadOnlyList<string> HostsOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IHostMetadata>()?.Hosts ?? [];

    private static IReadOnlyList<string> MethodsOf(Endpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];

    /// <summary>What a pattern matches, whatever its parameters are called; letters have no case in a path.</summary>
    private static string AddressOf(RoutePattern pattern) =>
        string.Join('/', pattern.PathSegments.Select(s => string.Concat(s.Parts.Select(AddressOf)))).ToUpperInvariant();

    private static string AddressOf(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{string.Join(':', parameter.ParameterPolicies.Select(p => p.Content))}{(parameter.IsOptional ? "?" : "")}}}",
        _ => "",
    };

    private static string Sentence(RouteEndpoint one, RouteEndpoint other, string methods)
    {
        var (hub, second) = IsOfHub(one) ? (one, other) : (other, one);
        return $"Two endpoints answer {methods} /{hub.RoutePattern.RawText?.TrimStart('/')}: '{hub.DisplayName}' and '{second.DisplayName}'. "
            + "Map the hub's below a path of their own, as in app.MapGroup(\"/hub\").MapSiar(), leave out what you do not need, or move the other one.";
    }
}
