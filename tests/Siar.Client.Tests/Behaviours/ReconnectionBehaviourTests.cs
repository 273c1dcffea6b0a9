using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's reconnection: 8 behaviours.</summary>
public sealed class ReconnectionBehaviourTests
{
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);

    [Theory]
    [BothWays]
    public async Task It_connects_anew_when_it_is_told_to(Way way)
    {
        await using var client = await StartAsync(way);
        var first = await client.OpenStreamAsync();
        await first.SendAsync("data: first\n\n");
        await client.ShouldReportAsync(Event("first"));

        await client.RestartAsync();

        await (await client.RequestAsync()).AnswerAsync("data: second\n\n");
        await client.ShouldReportAsync(Event("second"));
    }

    [Theory]
    [BothWays]
    public async Task It_sends_the_last_id(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync()).AnswerAsync("id: abc\ndata: Hello\n\n");

        (await client.RequestAsync()).Header("Last-Event-ID").ShouldBe("abc");
    }

    [Theory]
    [BothWays]
    public async Task It_sends_the_last_id_when_later_events_had_none(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync()).AnswerAsync("id: abc\ndata: first\n\ndata: second\n\n");

        (await client.RequestAsync()).Header("Last-Event-ID").ShouldBe("abc");
    }

    [Theory]
    [BothWays]
    public async Task An_empty_id_removes_the_header(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync(o => o with { LastEventId = "before" })).AnswerAsync("id: abc\ndata: first\n\nid:\ndata: second\n\n");

        (await client.RequestAsync()).Header("Last-Event-ID").ShouldBeNull();
    }

    [Theory]
    [BothWays]
    public async Task It_sends_the_body_again(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync(o => o with { Method = "POST", Body = "question" })).AnswerAsync("data: first\n\n");

        var second = await client.RequestAsync();

        second.Method.ShouldBe("POST");
        second.Body.ShouldBe("question");
    }

    [Theory]
    [BothWays]
    public async Task Silence_is_an_error_and_a_reason_to_connect_anew(Way way)
    {
        await using var client = await StartAsync(way);
        var first = await client.OpenStreamAsync(o => o with { ReadTimeoutMs = (int)Silence.TotalMilliseconds });
        await first.SendAsync("data: first\n\n");
        await client.ShouldReportAsync(Event("first"));

        await client.SilenceAsync(Silence);

        await client.ShouldReportErrorAsync();
        await (await client.RequestAsync()).AnswerAsync("data: second\n\n");
        await client.ShouldReportAsync(Event("second"));
    }

    [Theory]
    [BothWays]
    public async Task A_message_that_was_cut_off_is_discarded(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync()).AnswerAsync("id: abc\ndata: first\n\nid: def\nevent: other\ndata: cut");

        var second = await client.RequestAsync();
        await second.AnswerAsync("data: second\n\n");

        second.Header("Last-Event-ID").ShouldBe("abc");
        await client.ShouldReportAsync(Event("first", id: "abc"), Event("second", id: "abc"));
    }

    [Theory]
    [BothWays]
    public async Task The_second_connection_works(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync()).AnswerAsync("data: first\n\n");
        await (await client.RequestAsync()).AnswerAsync("data: second\n\ndata: third\n\n");

        await client.ShouldReportAsync(Event("first"), Event("second"), Event("third"));
    }
}
