using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Siar.AspNetCore;

namespace Siar.Dashboard;

/// <summary>Maps the dashboard into an application.</summary>
public static class SiarDashboardExtensions
{
    /// <summary>
    /// Maps a page that shows the hub live, and what the page asks for. What is returned adds conventions to all of it, such as
    /// <c>RequireAuthorization("operators")</c>: whoever passes may watch everything, private events included, and end streams. Without,
    /// the page itself is open to everybody and its data to whoever the hub's own rules grant <c>*</c> (see the guide); in development
    /// mode to everybody on this machine. The hub is measured from then on, once a second.
    /// </summary>
    /// <param name="endpoints">Where to map it.</param>
    /// <param name="path">The page's path; <c>/</c> for the root. Default: <c>/siar</c>.</param>
    /// <exception cref="ArgumentException">The path does not begin with a slash.</exception>
    /// <exception cref="InvalidOperationException"><c>AddSiar</c> was not called.</exception>
    public static IEndpointConventionBuilder MapSiarDashboard(this IEndpointRouteBuilder endpoints, string path = "/siar")
    {
        if (!path.StartsWith('/')) throw new ArgumentException($"The dashboard's path '{path}' must begin with a slash, as in '/siar'.", nameof(path));
        var live = endpoints.ServiceProvider.GetService<LiveEndpoints>()
            ?? throw new InvalidOperationException("There is no hub to show: call builder.Services.AddSiar() first.");
        var prefix = path.TrimEnd('/');
        var group = endpoints.MapGroup(prefix);
        DashboardFiles.Map(group, prefix);
        live.Map(group, DashboardFiles.Version);
        return group;
    }
}
