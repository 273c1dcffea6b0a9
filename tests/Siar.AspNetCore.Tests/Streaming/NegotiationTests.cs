namespace Siar.AspNetCore.Tests.Streaming;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, "ServerSentEvents")]
    [InlineData("", "ServerSentEvents")]
    [InlineData("*/*", "ServerSentEvents")]
    [InlineData("text/event-stream", "ServerSentEvents")]
    [InlineData("TEXT/Event-Stream", "ServerSentEvents")]
    [InlineData("text/*", "ServerSentEvents")]
    [InlineData("application/x-ndjson", "Ndjson")]
    [InlineData("application/json", "Page")]
    [InlineData("application/json, text/event-stream", "ServerSentEvents")]
    [InlineData("application/json, text/event-stream;q=0.9", "Page")]
    [InlineData("application/json;q=0.5, application/x-ndjson;q=0.6, text/event-stream;q=0", "Ndjson")]
    [InlineData("*/*;q=0.1, application/json", "Page")]
    [InlineData("text/event-stream;q=0, */*", "Ndjson")]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "ServerSentEvents")]
    [InlineData(";;;", "ServerSentEvents")]
    public void The_best_of_what_is_accepted_is_chosen(string? accept, string expected)
    {
        var fields = new RequestFields();

        Negotiation.Choose(Request(accept), fields).ToString().ShouldBe(expected);

        fields.Refusal.ShouldBeNull();
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("image/*")]
    [InlineData("*/*;q=0")]
    [InlineData("text/event-stream;q=0")]
    public void Nothing_acceptable_is_406_with_a_sentence(string accept)
    {
        var fields = new RequestFields();

        Negotiation.Choose(Request(accept), fields);

        fields.Refusal!.Status.ShouldBe(406);
        fields.Refusal.Sentence.ShouldContain("text/event-stream, application/x-ndjson or application/json");
    }

    private static HttpRequest Request(string? accept)
    {
        var context = new DefaultHttpContext();
        if (accept is not null) context.Request.Headers.Accept = accept;
        return context.Request;
    }
}
