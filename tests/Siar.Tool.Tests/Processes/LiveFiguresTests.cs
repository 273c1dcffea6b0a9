using System.Text.Json;
using Siar.Auth;
using Siar.Topics;

namespace Siar.Tool.Tests;

/// <summary>A running hub's topics and connections on the command line.</summary>
[Trait("runs", "siar")]
public sealed class LiveFiguresTests
{
    private const string Secret = "a secret of more than thirty-two bytes";
    private const string Resource = "https://hub.example/.well-known/mercure";

    [Fact]
    public async Task Topics_and_connections_of_a_running_hub_are_shown_as_tables_and_as_JSON()
    {
        await using var hub = await RunningHub.StartAsync("--dev");
        using var stream = await HubStream.OpenAsync(hub.Http, "/events?topic=prices%2Feur&topic=news");
        using (await hub.Http.PostAsync("/events/prices/eur", new StringContent("1")))
        {
        }

        await stream.ReadAsync("data: 1");

        // The hub counts topics once a second: one that has just begun may be missing.
        var shown = await ShowAsync(hub, "topics");
        for (var attempt = 1; !shown.Contains("prices/eur", StringComparison.Ordinal); attempt++, shown = await ShowAsync(hub, "topics")) attempt.ShouldBeLessThan(100);
        shown.ShouldMatch(@"^ *EVENTS/S  EVENTS  SUBSCRIBERS +OLDEST +NEWEST  TOPIC\n +\d+\.\d +1 +1 +\d+[sm] +\d+[sm]  prices/eur\n$");
        (await ShowAsync(hub, "connections")).ShouldMatch(@"^NUMBER  BEHIND  EVENTS +SENT  SINCE  STATE +ADDRESS +READER  TOPICS\n +\d+ +0 +1 +\d+ bytes +\d+[sm]  live +127\.0\.0\.1 +- +prices/eur news\n$");
        using var topics = JsonDocument.Parse(await ShowAsync(hub, "topics", "--json"));
        topics.RootElement.GetProperty("topics")[0].GetProperty("topic").GetString().ShouldBe("prices/eur");
        using var connections = JsonDocument.Parse(await ShowAsync(hub, "connections", "--json"));
        connections.RootElement.GetProperty("total").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task With_keys_it_takes_a_token_for_the_dashboard()
    {
        await using var hub = await RunningHub.StartAsync(
            new Dictionary<string, string> { ["SIAR_KEYS_SUBSCRIBER"] = Secret, ["SIAR_RESOURCE"] = Resource });

        var stranger = await SiarProcess.RunAsync("topics", "--hub", hub.Url);
        (stranger.ExitCode, stranger.Output).ShouldBe((ExitCode.Failure, ""));
        stranger.Errors.ShouldStartWith($"siar topics: the hub at {hub.Url} answers 401. ");
        stranger.Errors.Count('\n').ShouldBe(1);
        (await ShowAsync(hub, "connections", "--token", Token("/.well-known/mercure/dashboard"))).ShouldStartWith("NUMBER");
        (await SiarProcess.RunAsync("connections", "--hub", hub.Url, "--token", Token("news"))).Errors.ShouldStartWith($"siar connections: the hub at {hub.Url} answers 403. ");
    }

    [Fact]
    public async Task Where_there_is_no_dashboard_and_where_nobody_is_is_told()
    {
        await using var hub = await RunningHub.StartAsync("--dev");
        var wrong = await SiarProcess.RunAsync("topics", "--hub", hub.Url + "/nowhere");
        (wrong.ExitCode, wrong.Output).ShouldBe((ExitCode.Failure, ""));
        wrong.Errors.ShouldBe($"siar topics: {hub.Url}/nowhere has no figures of a hub: name the address at which its dashboard is, such as http://127.0.0.1:7427.\n");

        await hub.Process.KillAsync();
        var gone = await SiarProcess.RunAsync("connections", "--hub", hub.Url);
        gone.ExitCode.ShouldBe(ExitCode.Failure);
        gone.Errors.ShouldStartWith($"siar connections: there is no hub at {hub.Url}: Connection refused");
    }

    private static async Task<string> ShowAsync(RunningHub hub, string command, params string[] arguments)
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync([command, "--hub", hub.Url, .. arguments]);
        (exitCode, errors).ShouldBe((ExitCode.Ok, ""));
        return output;
    }

    private static string Token(string topic) => new TokenMinter(SigningKey.FromSecret(System.Text.Encoding.UTF8.GetBytes(Secret)), TimeProvider.System).Mint(new TokenRequest
    {
        Subscribe = MatcherSet.OfTopics(Topic.Parse(topic)), Lifetime = TimeSpan.FromMinutes(10), Issuer = "https://hub.example", Audience = Resource,
    });
}
