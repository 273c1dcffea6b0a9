using System.Net;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>A log that cannot be read, or not in time, is told to whoever asks for a page, and to probes.</summary>
public sealed class UnreadableLogTests
{
    private readonly FailingLog _log = new();

    [Fact]
    public async Task A_page_that_cannot_be_read_is_503_with_a_sentence()
    {
        await using var hub = await StartAsync();
        _log.Reading = _ => throw new IOException("Input/output error");
        using var answer = await hub.Client.GetAsync("/events/a?lastEventId=earliest", TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, "a stream of server-sent events begins before the log is read");

        using var page = await GetPageAsync(hub);
        page.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await page.Content.ReadAsStringAsync()).ShouldBe("The hub's log could not be read; why is in the hub's own log. Ask again with the same cursor.\n");
        page.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_page_that_does_not_come_within_thirty_seconds_is_503_with_a_sentence()
    {
        var time = new ManualTimeProvider();
        await using var hub = await StartAsync(time);
        var stuck = new TaskCompletionSource<LogPage>();
        var isAsked = new TaskCompletionSource();
        _log.Reading = _ =>
        {
            isAsked.TrySetResult();
            return stuck.Task;
        };
        var asking = GetPageAsync(hub);
        // Not before: a connection that says nothing is closed when its time is over.
        await isAsked.Task;
        while (!asking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var page = await asking;
        page.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await page.Content.ReadAsStringAsync()).ShouldBe("The hub's log did not answer in time. Ask again with the same cursor.\n");
        stuck.SetException(new IOException("late"));
    }

    [Fact]
    public async Task What_is_damaged_is_a_gap_on_the_page_and_the_hub_is_not_ready_from_then_on()
    {
        await using var hub = await StartAsync();
        (await hub.Client.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _log.Reading = page => Task.FromResult(page.Events.IsEmpty ? page : page with { Events = [], ReadThrough = 1, Damage = "The event at position 1 cannot be read." });

        using var page = await GetPageAsync(hub);
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.Content.ReadAsStringAsync()).ShouldContain("\"reason\":\"damaged\"");

        using var ready = await hub.Client.GetAsync("/health/ready");
        ready.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await ready.Content.ReadAsStringAsync()).ShouldContain("\"status\":\"damaged\"");
    }

    private static Task<HttpResponseMessage> GetPageAsync(TestHub hub)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/events/a?lastEventId=earliest");
        request.Headers.Add("Accept", "application/json");
        return hub.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    // What was published before the hub was started is read from the log.
    private async Task<TestHub> StartAsync(TimeProvider? time = null)
    {
        await _log.AppendAsync([new Append([new Event(Siar.Topics.Topic.Parse("a"), "kept")])]);
        return await TestHub.StartAsync(new TestHubSetup
        {
            Services = services =>
            {
                services.AddSingleton<IEventLog>(_log);
                if (time is not null) services.AddSingleton(time);
            },
        });
    }
}
