using System.Collections.Concurrent;
using System.Diagnostics;

namespace Siar.AspNetCore.Tests.Tokens;

/// <summary>A token in the query goes into no log and no trace, at whatever level.</summary>
public sealed class RedactionTests
{
    [Fact]
    public async Task A_token_in_the_query_reads_and_is_told_to_no_log_and_no_trace()
    {
        var told = new Everything();
        var traced = new ConcurrentQueue<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is "Microsoft.AspNetCore" or "Siar",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => traced.Enqueue($"{activity.DisplayName} {string.Join(' ', activity.TagObjects)}"),
        };
        ActivitySource.AddActivityListener(listener);
        await using var hub = await TestHub.StartAsync(Keyring.Setup() with
        {
            Services = services => services.AddLogging(l => l.AddProvider(told).SetMinimumLevel(LogLevel.Trace).AddFilter(null, LogLevel.Trace)),
        });
        var token = Keyring.LegacySubscriber("a");
        using (var reader = await EventStream.OpenLiveAsync(hub.Client, $"/events/a?x=y&authorization={token}&z=1"))
        {
            await hub.Hub.PublishAsync(TokenDoorTests.Private("a", "secret"));
            (await reader.NextAsync()).Data.ShouldBe("secret");
        }

        using (var connection = await hub.SubscribeAsync($"/events/a?authorizatio%6E={token}&lastEventId=%zz"))
            (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
        await hub.StopAsync();
        told.Lines.ShouldContain(l => l.Contains("authorization=REDACTED"));
        foreach (var line in told.Lines.Concat(traced))
        {
            line.ShouldNotContain(token[^20..]);
            line.ShouldNotContain(token[..20]);
        }
    }

    [Fact]
    public async Task A_token_of_1_0_does_not_count_in_the_query()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        foreach (var query in new[] { $"authorization={Keyring.Subscriber("a")}", $"access_token={Keyring.Subscriber("a")}", $"authorization={Keyring.LegacySubscriber("a")}&authorization=x" })
            (await hub.Client.GetAsync("/events/a?" + query, HttpCompletionOption.ResponseHeadersRead)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Tokens_in_the_query_can_be_refused()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(t => t.AcceptQueryTokens = false));
        (await hub.Client.GetAsync($"/events/a?authorization={Keyring.LegacySubscriber("a")}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
