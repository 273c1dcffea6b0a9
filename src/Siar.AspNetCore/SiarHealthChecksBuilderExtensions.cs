using Microsoft.Extensions.Diagnostics.HealthChecks;
using Siar.AspNetCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the hub to an application's health checks.</summary>
public static class SiarHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that fails while the hub starts, drains, or must be restarted, and while its log cannot write or has met damage. The description is a sentence, and the
    /// entry <c>status</c> of the data a word: <c>failed</c>, <c>starting</c>, <c>draining</c>, <c>full</c>, <c>unavailable</c> or <c>damaged</c>.
    /// </summary>
    /// <param name="builder">The application's checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="failureStatus">What a failure is reported as. Default: <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">By which the check can be chosen, such as <c>ready</c>.</param>
    public static IHealthChecksBuilder AddSiar(this IHealthChecksBuilder builder, string name = "siar", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        builder.AddCheck<HubHealthCheck>(name, failureStatus, tags ?? []);
}
