using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Siar.AspNetCore.Tests;

/// <summary>The hub among the application's own health checks.</summary>
public sealed class HealthCheckTests
{
    [Theory]
    [InlineData(null, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task The_hub_is_healthy_while_it_takes_events_and_says_why_where_it_does_not(HealthStatus? failureStatus, HealthStatus expected)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.AddHealthChecks().AddSiar(failureStatus: failureStatus, tags: ["ready"]) });
        var checks = hub.Services.GetRequiredService<HealthCheckService>();
        (await CheckAsync(checks)).Status.ShouldBe(HealthStatus.Healthy);

        await hub.Core.DrainAsync(TestContext.Current.CancellationToken);
        var failed = await CheckAsync(checks);
        (failed.Status, failed.Data["status"]).ShouldBe((expected, "draining"));
        failed.Description.ShouldBe("The hub is shutting down and sends its readers away: use another one, or this one when it is back.");
    }

    private static async Task<HealthReportEntry> CheckAsync(HealthCheckService checks) =>
        (await checks.CheckHealthAsync(registration => registration.Tags.Contains("ready"), TestContext.Current.CancellationToken)).Entries["siar"];
}
