using System.Net;
using System.Text.Json;
using Siar.Hub;

namespace Siar.Dashboard.Tests;

/// <summary>What the page is told of the hub.</summary>
public sealed class DataTests
{
    [Fact]
    public async Task A_sample_tells_what_the_hub_did_and_how_fast()
    {
        await using var app = await DashboardApp.StartAsync();
        using var reader = await app.Client.GetAsync("/events/prices", HttpCompletionOption.ResponseHeadersRead);
        await app.Hub.PublishAsync("prices", "1");
        await app.Hub.PublishAsync("prices", "2");

        var sample = await app.ReadUntilAsync("/siar/live/statistics?lastEventId=earliest", s => s.GetProperty("latencyMedian").ValueKind is JsonValueKind.Number);

        sample.GetProperty("connections").GetInt64().ShouldBe(1);
        sample.GetProperty("head").GetInt64().ShouldBe(2);
        sample.GetProperty("latencyHigh").GetDouble().ShouldBeGreaterThanOrEqualTo(sample.GetProperty("latencyMedian").GetDouble());
        sample.GetProperty("memory").GetInt64().ShouldBeGreaterThan(1 << 20);
    }

    [Fact]
    public async Task The_rates_add_up_to_what_was_published_and_delivered()
    {
        const int Events = 500;
        const int Readers = 3;
        await using var app = await DashboardApp.StartAsync();
        var readers = new List<HttpResponseMessage>();
        for (var i = 0; i < Readers; i++) readers.Add(await app.Client.GetAsync("/events/prices", HttpCompletionOption.ResponseHeadersRead));
        var (before, publishes, deliveries) = (0L, 0d, 0d);

        await app.ReadUntilAsync("/siar/live/statistics?lastEventId=earliest", sample =>
        {
            var time = sample.GetProperty("time").GetInt64();
            if (before == 0)
            {
                // A rate is one over the time since the sample before: what is published from now on is in the next ones.
                for (var i = 0; i < Events; i++) app.Hub.PublishAsync("prices", $"{i}").AsTask().Wait(TestContext.Current.CancellationToken);
            }
            else
            {
                publishes += sample.GetProperty("publishes").GetDouble() * (time - before) / 1000;
                deliveries += sample.GetProperty("deliveries").GetDouble() * (time - before) / 1000;
            }

            before = time;
            return sample.GetProperty("head").GetInt64() == Events && sample.GetProperty("behind").GetInt64() == 0
                && sample.GetProperty("publishes").GetDouble() == 0;
        });

        publishes.ShouldBe(Events, tolerance: Events / 50d);
        deliveries.ShouldBe(Events * Readers, tolerance: Events * Readers / 50d);
        foreach (var reader in readers) reader.Dispose();
    }

    [Fact]
    public async Task Refusals_are_told_by_reason()
    {
        await using var app = await DashboardApp.StartAsync();
        (await app.Client.GetAsync("/events")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        var sample = await app.ReadUntilAsync("/siar/live/statistics", _ => true);

        sample.GetProperty("refusals").GetProperty("invalid").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task Topics_tell_their_rate_their_subscribers_and_what_is_kept()
    {
        await using var app = await DashboardApp.StartAsync();
        using var exact = await app.Client.GetAsync("/events/prices", HttpCompletionOption.ResponseHeadersRead);
        using var all = await app.Client.GetAsync("/events?topic=*", HttpCompletionOption.ResponseHeadersRead);
        for (var i = 0; i < 10; i++) await app.Hub.PublishAsync("prices", $"{i}");
        await app.Hub.PublishAsync("orders", "7");

        var told = await app.ReadUntilAsync("/siar/live/topics", t => t.GetProperty("known").GetInt32() == 2);

        var prices = told.GetProperty("topics")[0];
        prices.GetProperty("topic").GetString().ShouldBe("prices");
        prices.GetProperty("events").GetInt64().ShouldBe(10);
        prices.GetProperty("subscribers").GetInt64().ShouldBe(2);
        prices.GetProperty("rate").GetDouble().ShouldBeGreaterThan(0);
        prices.GetProperty("oldest").GetInt64().ShouldBeLessThanOrEqualTo(prices.GetProperty("newest").GetInt64());
        told.GetProperty("topics")[1].GetProperty("subscribers").GetInt64().ShouldBe(1);
    }

    [Fact]
    public async Task A_connection_is_told_and_can_be_ended_and_those_who_watch_are_not_among_them()
    {
        await using var app = await DashboardApp.StartAsync();
        using var reader = await app.Client.GetAsync("/events/prices", HttpCompletionOption.ResponseHeadersRead);
        await app.Hub.PublishAsync("prices", "1");
        var told = await app.ReadUntilAsync("/siar/live/connections", c => c.GetProperty("connections").GetArrayLength() == 1);
        var connection = told.GetProperty("connections")[0];

        connection.GetProperty("address").GetString().ShouldBe("127.0.0.1");
        connection.GetProperty("matchers")[0].GetString().ShouldBe("prices");
        connection.GetProperty("state").GetString().ShouldBe("live");
        using var ended = await app.Client.DeleteAsync($"/siar/live/connections/{connection.GetProperty("number").GetInt64()}");

        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await reader.Content.ReadAsStringAsync()).ShouldContain("data: 1\n");
        await app.ReadUntilAsync("/siar/live/connections", c => c.GetProperty("total").GetInt64() == 0);
    }

    [Fact]
    public async Task A_topic_s_events_can_be_watched_and_the_statistics_are_not_among_users_events()
    {
        await using var app = await DashboardApp.StartAsync();
        await app.ReadUntilAsync("/siar/live/statistics?lastEventId=earliest", _ => true);
        await app.Hub.PublishAsync("prices", """{"eur":1.07}""");

        (await app.ReadUntilAsync("/siar/live/events?topic=prices&lastEventId=earliest", _ => true)).GetProperty("eur").GetDouble().ShouldBe(1.07);
        var page = JsonElement.Parse(await app.Client.GetStringAsync("/events?topic=*&lastEventId=earliest", TestContext.Current.CancellationToken, "application/json"));
        page.GetProperty("events").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task The_page_learns_where_the_plain_api_is()
    {
        await using var app = await DashboardApp.StartAsync(map: a =>
        {
            a.MapGroup("/hub").MapSiar();
            a.MapSiarDashboard();
        });

        var about = JsonElement.Parse(await app.Client.GetStringAsync("/siar/live/about"));

        about.GetProperty("events").GetString().ShouldBe("/hub/events");
        about.GetProperty("development").GetBoolean().ShouldBeTrue();
        about.GetProperty("mayEnd").GetBoolean().ShouldBeTrue();
    }
}
