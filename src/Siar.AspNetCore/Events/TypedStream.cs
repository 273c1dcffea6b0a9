using System.Net.Mime;
using Microsoft.AspNetCore.Routing;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>A stream of a typed topic, whose variables the route has.</summary>
internal static class TypedStream
{
    /// <summary>What the route of a request means.</summary>
    public static StreamRequest RequestOf<T>(HttpContext context, Topic<T> topic)
    {
        if (topic.Variables.IsEmpty) return topic.Name;
        var values = topic.Variables.Select(name => Convert.ToString(context.Request.RouteValues[name], System.Globalization.CultureInfo.InvariantCulture) ?? "");
        return topic.With([.. values]).Name;
    }

    /// <summary>Says of an endpoint what its events are, and sees to it that its route has what the topic needs.</summary>
    public static IEndpointConventionBuilder Describe<T>(IEndpointConventionBuilder endpoint, Topic<T> topic)
    {
        endpoint.Add(builder =>
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [MediaTypeNames.Text.EventStream]));
            if (builder is not RouteEndpointBuilder route) return;
            // A route parameter that may be absent or empty leaves the topic without a name.
            var missing = topic.Variables.FirstOrDefault(name => route.RoutePattern.GetParameter(name) is not { IsOptional: false, IsCatchAll: false });
            if (missing is not null)
                throw new InvalidOperationException($"The route '{route.RoutePattern.RawText}' has no value for '{missing}' of the topic '{topic.Template}': write {{{missing}}} into the route.");
        });
        return endpoint;
    }
}
