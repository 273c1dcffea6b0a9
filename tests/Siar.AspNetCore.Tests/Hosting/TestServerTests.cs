using Microsoft.AspNetCore.TestHost;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Hosting;

/// <summary>The server that applications test themselves on has no connections; streams work on it all the same.</summary>
public sealed class TestServerTests
{
    [Fact]
    public async Task Streams_and_publishes_work_in_memory()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSiar();
        await using var app = builder.Build();
        app.MapSiar();
        app.MapEvents("/mapped", "a/b");
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();
        using var reader = await EventStream.OpenLiveAsync(client, "/events/a/b");
        using var mapped = await EventStream.OpenLiveAsync(client, "/mapped");

        (await client.PostAsync("/events/a%2Fb", new StringContent("x"))).IsSuccessStatusCode.ShouldBeTrue();

        (await reader.NextAsync()).Data.ShouldBe("x");
        (await mapped.NextAsync()).Data.ShouldBe("x");
        await app.StopAsync(TestContext.Current.CancellationToken);
        (await reader.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reader_that_goes_away_is_noticed()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddSiar();
        await using var app = builder.Build();
        app.MapSiar();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = app.GetTestClient();
        var hub = app.Services.GetRequiredService<EventHub>();
        using (await EventStream.OpenLiveAsync(client, "/events/a")) hub.Subscribers.ShouldBe(1);

        while (hub.Subscribers > 0) await Task.Yield();
    }
}
