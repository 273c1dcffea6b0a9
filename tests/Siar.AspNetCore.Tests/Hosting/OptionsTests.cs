using Microsoft.Extensions.Options;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Hosting;

public sealed class OptionsTests
{
    public static TheoryData<string, Action<SiarOptions>> Wrong => new()
    {
        { "Hub.KeepAlive", o => o.Hub.KeepAlive = TimeSpan.Zero },
        { "Hub.Lanes", o => o.Hub.Lanes = 0 },
        { "Hub.WindowBytes", o => o.Hub.WindowBytes = 5 },
        { "Limits.Connections", o => o.Limits.Connections = 0 },
        { "Limits.PatternBytes", o => o.Limits.PatternBytes = 1 << 30 },
        { "PageEvents", o => o.PageEvents = 0 },
        { "PageEvents", o => o.PageEvents = 5_000 },
        { "Limits.EventBytes", o => (o.Limits.EventBytes, o.Limits.RequestBytes) = (2, 1) },
        { "Hub.Retention.MaxCount", o => o.Hub.Retention = new RetentionLimits(0, null, null) },
        { "Hub.RetentionClasses['x'].MaxAge", o => o.Hub.RetentionClasses.Add(new RetentionClass("x", new RetentionLimits(null, TimeSpan.Zero, null))) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_wrong_value_stops_the_start_with_a_sentence_that_names_it(string name, Action<SiarOptions> set)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSiar(set);
        await using var app = builder.Build();

        var failure = await Should.ThrowAsync<OptionsValidationException>(() => app.StartAsync());

        failure.Message.ShouldContain(name);
    }

    [Fact]
    public void Options_come_from_configuration()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Siar:AllowedOrigins:0"] = "https://app.example.com",
            ["Siar:Hub:KeepAlive"] = "00:00:10",
            ["Siar:Hub:Retention:MaxCount"] = "50000",
            ["Siar:Limits:Connections"] = "20000",
            ["Siar:Mercure:Subscriptions"] = "false",
        });
        builder.Services.AddSiar();
        builder.Services.AddOptions<SiarOptions>().BindConfiguration("Siar");
        using var services = builder.Services.BuildServiceProvider();

        var options = services.GetRequiredService<IOptions<SiarOptions>>().Value;

        options.AllowedOrigins.ShouldBe(["https://app.example.com"]);
        options.Hub.KeepAlive.ShouldBe(TimeSpan.FromSeconds(10));
        options.Hub.Retention.MaxCount.ShouldBe(50_000);
        options.Limits.Connections.ShouldBe(20_000);
        options.Mercure.Subscriptions.ShouldBeFalse();
    }

    [Fact]
    public async Task Mapping_without_adding_says_what_to_do()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();

        Should.Throw<InvalidOperationException>(() => app.MapSiar()).Message.ShouldContain("AddSiar()");
        Should.Throw<InvalidOperationException>(() => app.MapEvents("/x", "a")).Message.ShouldContain("AddSiar()");
    }

    [Fact]
    public async Task Adding_twice_makes_one_hub_that_both_have_configured()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var first = builder.Services.AddSiar(o => o.PageEvents = 7);
        builder.Services.AddSiar(o => o.MaxPageEvents = 8).ShouldBeSameAs(first);
        await using var app = builder.Build();

        var options = app.Services.GetRequiredService<IOptions<SiarOptions>>().Value;

        (options.PageEvents, options.MaxPageEvents).ShouldBe((7, 8));
        app.Services.GetServices<IHub>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_log_is_opened_by_whoever_the_builder_says()
    {
        var builder = WebApplication.CreateSlimBuilder();
        var opened = 0;
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSiar().OpenLog = (services, options, _) =>
        {
            opened++;
            services.GetService<ILoggerFactory>().ShouldNotBeNull();
            return new(new MemoryLog(options.Retention, [], TimeProvider.System));
        };
        await using var app = builder.Build();

        app.Services.GetRequiredService<IHub>();
        opened.ShouldBe(0);
        await app.StartAsync(TestContext.Current.CancellationToken);
        opened.ShouldBe(1);
    }
}
