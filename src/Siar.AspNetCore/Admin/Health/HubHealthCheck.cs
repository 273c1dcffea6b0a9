using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Siar.AspNetCore;

/// <summary>What the hub says to the application's own health checks: the same as to the probes.</summary>
internal sealed class HubHealthCheck(Liveness liveness, Readiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var failure = liveness.NotLive() ?? readiness.NotReady();
        return Task.FromResult(failure is var (status, sentence)
            ? new HealthCheckResult(context.Registration.FailureStatus, sentence, data: new Dictionary<string, object> { ["status"] = status })
            : HealthCheckResult.Healthy("The hub takes events and readers."));
    }
}
