using System.Net;
using System.Text;
using System.Text.Json;

namespace Siar.Client.Tests;

/// <summary>Answers publishes in the order of a script, and remembers them. What the script ends with is answered from then on.</summary>
internal sealed class ScriptedHub : HttpMessageHandler
{
    private readonly List<Func<Request, HttpResponseMessage>> _script = [];

    public List<Request> Requests { get; } = [];

    /// <summary>The data of the events that were taken, with <see cref="TakesAtMost"/>.</summary>
    public List<string> Taken { get; } = [];

    public ScriptedHub Takes(params string[] ids) => Says(JsonSerializer.Serialize(new { ids }));

    public ScriptedHub Says(string json) => Does(_ => Answer(HttpStatusCode.OK, "application/json", json));

    public ScriptedHub Refuses(HttpStatusCode status, string sentence) => Does(_ => Answer(status, "text/plain", sentence));

    public ScriptedHub DoesNotKnow() => Does(_ => Answer(
        HttpStatusCode.ServiceUnavailable, "application/problem+json", """{"type":"urn:siar:outcome-unknown","status":503,"detail":"They may be published or not."}"""));

    public ScriptedHub Breaks() => Does(_ => throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended"));

    public ScriptedHub IsGone() => Does(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused"));

    public ScriptedHub Answers(HttpStatusCode status, int? retryAfterSeconds = null) => Does(_ =>
    {
        var answer = Answer(status, "text/html", "<html>");
        if (retryAfterSeconds is { } seconds) answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return answer;
    });

    /// <summary>Takes batches of at most so many events, and refuses all after so many in all.</summary>
    public ScriptedHub TakesAtMost(int atOnce, int events = int.MaxValue) => Does(request =>
    {
        if (request.Lines > atOnce) return Answer(HttpStatusCode.RequestEntityTooLarge, "text/plain", "Less.");
        if (Taken.Count + request.Lines > events) return Answer(HttpStatusCode.Forbidden, "text/plain", "No more.");
        Taken.AddRange(request.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("data").GetString()!));
        return Answer(HttpStatusCode.OK, "application/json", JsonSerializer.Serialize(new { ids = Enumerable.Range(Taken.Count - request.Lines + 1, request.Lines).Select(i => $"{i}") }));
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new Request(
            request.RequestUri!.AbsoluteUri,
            await request.Content!.ReadAsStringAsync(cancellationToken),
            request.Content.Headers.ContentType?.ToString(),
            request.Headers.GetValues("Idempotency-Key").Single(),
            request.Headers.Authorization?.ToString());
        Requests.Count.ShouldBeLessThan(1_000, "Nobody should ask so often.");
        Requests.Add(seen);
        return _script[Math.Min(Requests.Count, _script.Count) - 1](seen);
    }

    private ScriptedHub Does(Func<Request, HttpResponseMessage> step)
    {
        _script.Add(step);
        return this;
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string type, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    internal sealed record Request(string Url, string Body, string? ContentType, string Key, string? Authorization)
    {
        public int Lines => Body.Count(c => c == '\n');
    }
}
