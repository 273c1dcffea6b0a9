using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Hostile;

/// <summary>What nobody has foreseen is answered with a sentence on every door, and is in the log a few times at most.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("GET /events/a")]
    [InlineData("POST /events/a")]
    [InlineData("GET /.well-known/mercure?match=a")]
    [InlineData("POST /.well-known/mercure")]
    [InlineData("QUERY /.well-known/mercure")]
    [InlineData("GET /.well-known/mercure/subscriptions")]
    public async Task A_fault_is_a_sentence_and_does_not_fill_the_log(string request)
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Environment = "Production",
            Options = o => o.AllowedOrigins.Add("http://localhost"),
            Siar = s => s.UseAuthorizer(_ => throw new InvalidTimeZoneException("the moon is full")),
            Services = s => s.AddSingleton<TimeProvider>(time),
        });

        var answer = await AskAsync(hub, request);
        answer.ShouldStartWith("HTTP/1.1 500 ");
        for (var i = 0; i < 11; i++) await AskAsync(hub, request);

        answer.ShouldContain("\r\nContent-Type: application/problem+json\r\n");
        answer.ShouldContain("\r\nAccess-Control-Allow-Origin: http://localhost\r\n");
        answer.ShouldContain("\"detail\":\"The hub met a fault of its own and did not finish the request. Its log says what it was.\"");
        answer.ShouldNotContain("moon");
        hub.Log.Errors.Count.ShouldBe(10);
        hub.Log.Errors.ShouldAllBe(e => e.Contains("the moon is full", StringComparison.Ordinal));

        time.Advance(TimeSpan.FromSeconds(10));
        await AskAsync(hub, request);
        hub.Log.Errors.ShouldContain(e => e.Contains("2 more failures of the type InvalidTimeZoneException were not logged.", StringComparison.Ordinal));
    }

    private static async Task<string> AskAsync(TestHub hub, string request)
    {
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync(
            $"{request} HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return await connection.ReadToEndAsync();
    }
}
