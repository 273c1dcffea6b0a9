using System.Net;
using System.Text;
using Siar.Client;

namespace Siar.Tool.Tests;

public sealed class SubscriptionTests
{
    private readonly MemoryStream _output = new();
    private readonly StringWriter _said = new();

    [Fact]
    public async Task The_stream_is_asked_for_as_the_standard_says()
    {
        var hub = new ScriptedHub(ScriptedHub.Stream("data: x\n\n"));

        await RunAsync(hub, new() { Topics = ["a b", "c&d"], Patterns = ["/p/*"], Templates = ["/t/{id}"], Since = "earliest" }, count: 1);

        hub.Requests.Single().ShouldBe(new ScriptedHub.Request(
            "/events?refusal=status&signals=on&topic=a%20b&topic=c%26d&pattern=%2Fp%2F%2A&template=%2Ft%2F%7Bid%7D", "earliest", "text/event-stream", null));
    }

    [Fact]
    public async Task After_the_streams_end_it_goes_on_after_the_last_event_that_was_whole()
    {
        var hub = new ScriptedHub(
            ScriptedHub.Stream("id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\ndata: cut off"),
            ScriptedHub.Stream("data: c\n\n"));

        (await RunAsync(hub, count: 3)).ShouldBe(ExitCode.Ok);

        hub.Requests.Select(r => r.LastEventId).ShouldBe([null, "2"]);
        Output.ShouldBe("a\nb\nc\n");
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_tried_again()
    {
        var hub = new ScriptedHub(ScriptedHub.Unreachable, ScriptedHub.Stream("data: a\n\n"));

        await RunAsync(hub, count: 1);

        _said.ToString().ShouldContain("the server cannot be reached (Connection refused (hub.test:80)); trying again in ");
        _said.ToString().ShouldContain("subscribed at http://hub.test/");
    }

    [Theory]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_hub_that_is_full_is_tried_again(HttpStatusCode status)
    {
        var hub = new ScriptedHub(ScriptedHub.Refusal(status, "Full.", retryAfterSeconds: 11), ScriptedHub.Stream("data: a\n\n"));

        (await RunAsync(hub, count: 1)).ShouldBe(ExitCode.Ok);

        _said.ToString().ShouldContain($"the server refuses for now: {(int)status} ");
    }

    [Fact]
    public async Task A_204_ends_it()
    {
        (await RunAsync(new ScriptedHub(() => new HttpResponseMessage(HttpStatusCode.NoContent)))).ShouldBe(ExitCode.Ok);

        _said.ToString().ShouldContain("nothing more");
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task A_refusal_ends_it_with_the_hubs_sentence(HttpStatusCode status)
    {
        (await RunAsync(new ScriptedHub(ScriptedHub.Refusal(status, "You are not known.\n")))).ShouldBe(ExitCode.Failure);

        _said.ToString().ShouldContain($"refuses the stream: {(int)status} ");
        _said.ToString().ShouldContain(": You are not known.");
    }

    [Fact]
    public async Task Somebody_elses_page_ends_it()
    {
        (await RunAsync(new ScriptedHub(ScriptedHub.Json("{}")))).ShouldBe(ExitCode.Failure);

        _said.ToString().ShouldContain("not with an event stream");
    }

    [Fact]
    public async Task A_gap_is_told_even_when_quiet()
    {
        var hub = new ScriptedHub(ScriptedHub.Stream("event: siar.gap\nid: 9\ndata: {\"reason\":\"trimmed\"}\n\ndata: a\n\n"));

        await RunAsync(hub, new() { IsQuiet = true }, count: 1);

        Output.ShouldBe("a\n");
        _said.ToString().ShouldBe("siar subscribe: events that were asked for are gone from the hub, here is a gap: {\"reason\":\"trimmed\"}" + Environment.NewLine);
    }

    [Fact]
    public async Task Fields_are_printed_as_they_were_sent()
    {
        const string Sent = "event: siar.live\nid: 1\ndata: {}\n\nevent: note\nid: é\ndata: a\ndata: \ndata:  b\n\nid: é\ndata: \n\n";

        await RunAsync(new ScriptedHub(ScriptedHub.Stream(Sent)), new() { Format = EventFormat.Sse }, count: 2);

        Output.ShouldBe(Sent);
    }

    [Fact]
    public async Task Json_has_a_line_for_each_event_and_signal()
    {
        var hub = new ScriptedHub(ScriptedHub.Stream(
            "event: siar.gap\nid: 5\ndata: {\"requested\":null,\"reason\":\"trimmed\"}\n\nid: 6\nevent: note\ndata: a\ndata: \"é\"\n\ndata: b\n\n"));

        await RunAsync(hub, new() { Format = EventFormat.Json }, count: 2);

        Output.ShouldBe(
            """
            {"signal":"gap","id":"5","requested":null,"reason":"trimmed"}
            {"id":"6","type":"note","data":"a\n\"é\""}
            {"id":"6","data":"b"}

            """);
    }

    [Fact]
    public async Task It_prints_no_more_than_was_asked_for()
    {
        await RunAsync(new ScriptedHub(ScriptedHub.Stream("data: a\n\ndata: b\n\ndata: c\n\n")), count: 2);

        Output.ShouldBe("a\nb\n");
    }

    private string Output => Encoding.UTF8.GetString(_output.ToArray());

    private Task<int> RunAsync(ScriptedHub hub, long? count = null) => RunAsync(hub, new Asked(), count);

    private async Task<int> RunAsync(ScriptedHub hub, Asked asked, long? count = null)
    {
        var request = new SubscribeArguments
        {
            Hub = ScriptedHub.Address,
            What = new SubscribeOptions { Topics = asked.Topics, Patterns = asked.Patterns, Templates = asked.Templates, LastEventId = asked.Since },
            Format = asked.Format,
        };
        var messages = new ConsoleMessages("siar subscribe", asked.IsQuiet, _said);
        using var http = hub.Client();
        await using var client = new SiarClient(http, new SiarClientOptions { Hub = ScriptedHub.Address.Url, TimeProvider = new PassingTime() });
        var printer = new EventPrinter(_output, asked.Format, count, messages);
        return await new Subscription(client, request, printer, _output, messages).RunAsync(TestContext.Current.CancellationToken);
    }

    private sealed record Asked
    {
        public IReadOnlyList<string> Topics { get; init; } = ["t"];

        public IReadOnlyList<string> Patterns { get; init; } = [];

        public IReadOnlyList<string> Templates { get; init; } = [];

        public string? Since { get; init; }

        public EventFormat Format { get; init; }

        public bool IsQuiet { get; init; }
    }
}
