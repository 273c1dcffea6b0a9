using static Siar.Client.Tests.Driven;

namespace Siar.Client.Tests;

/// <summary>The contract's behaviour over HTTP: 12 behaviours. Redirects are the HTTP handler's, so they need a network.</summary>
public sealed class HttpBehaviourTests
{
    [Theory]
    [BothWays]
    public async Task Default_method_and_headers(Way way)
    {
        await using var client = await StartAsync(way);

        var request = await client.OpenRequestAsync();

        request.Method.ShouldBe("GET");
        request.Header("Accept").ShouldBe("text/event-stream");
        request.Header("Cache-Control").ShouldBe("no-cache");
        request.Header("Last-Event-ID").ShouldBeNull();
        request.Header("Authorization").ShouldBeNull();
    }

    [Theory]
    [BothWays]
    public async Task A_204_stops_the_client(Way way)
    {
        await using var client = await StartAsync(way);
        await (await client.OpenRequestAsync()).AnswerAsync("data: 1\n\n");
        await client.ShouldReportAsync(Event("1"));

        await (await client.RequestAsync()).AnswerAsync(204);

        (await client.CloseAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_followed_and_the_next_connection_begins_anew(int status)
    {
        await using var client = await StartAsync(Way.OverRest);
        await (await client.OpenRequestAsync()).AnswerAsync(status, ("Location", "/elsewhere"));

        var redirected = await client.RequestAsync();
        await redirected.AnswerAsync("data: 1\n\n");
        await client.ShouldReportAsync(Event("1"));

        redirected.Url.ShouldBe("/elsewhere");
        redirected.Header("Accept").ShouldBe("text/event-stream");
        (await client.RequestAsync()).Url.ShouldBe("/stream");
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task An_empty_location_is_an_error(int status)
    {
        await using var client = await StartAsync(Way.OverRest);
        await (await client.OpenRequestAsync()).AnswerAsync(status, ("Location", ""));

        await client.ShouldReportErrorAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(307)]
    public async Task A_missing_location_is_an_error(int status)
    {
        await using var client = await StartAsync(Way.OverRest);
        await (await client.OpenRequestAsync()).AnswerAsync(status);

        await client.ShouldReportErrorAsync();
    }

    [Theory]
    [BothWays]
    public async Task Custom_headers(Way way)
    {
        await using var client = await StartAsync(way);

        var request = await client.OpenRequestAsync(o => o with { Headers = new() { ["header-name-1"] = "value-1", ["header-name-2"] = "value 2" } });

        request.Header("header-name-1").ShouldBe("value-1");
        request.Header("header-name-2").ShouldBe("value 2");
    }

    [Theory]
    [BothWays("POST")]
    [BothWays("REPORT")]
    [BothWays("QUERY")]
    public async Task Another_method_with_a_body(Way way, string method)
    {
        await using var client = await StartAsync(way);

        var request = await client.OpenRequestAsync(o => o with { Method = method, Body = "{\"hello\": \"wörld\"}", Headers = new() { ["content-type"] = "application/json; charset=utf-8" } });

        request.Method.ShouldBe(method);
        request.Body.ShouldBe("{\"hello\": \"wörld\"}");
        request.Header("Content-Type").ShouldBe("application/json; charset=utf-8");
    }

    [Theory]
    [BothWays]
    public async Task An_initial_last_event_id(Way way)
    {
        await using var client = await StartAsync(way);

        (await client.OpenRequestAsync(o => o with { LastEventId = "abc" })).Header("Last-Event-ID").ShouldBe("abc");
    }
}
