using System.Net;
using System.Text;

namespace Siar.Tool.Tests;

/// <summary>Answers requests in the order of a script, and remembers them. What the script ends with is answered from then on.</summary>
internal sealed class ScriptedHub(params Func<HttpResponseMessage>[] script) : HttpMessageHandler
{
    public List<Request> Requests { get; } = [];

    public static HubAddress Address { get; } = new(new Uri("http://hub.test/"), null);

    public static Func<HttpResponseMessage> Stream(string body) => () => Answer(HttpStatusCode.OK, "text/event-stream", body);

    public static Func<HttpResponseMessage> Json(string body) => () => Answer(HttpStatusCode.OK, "application/json", body);

    public static Func<HttpResponseMessage> Refusal(HttpStatusCode status, string sentence, int? retryAfterSeconds = null) => () =>
    {
        var answer = Answer(status, "text/plain", sentence);
        if (retryAfterSeconds is { } seconds) answer.Headers.RetryAfter = new(TimeSpan.FromSeconds(seconds));
        return answer;
    };

    public static Func<HttpResponseMessage> Unreachable { get; } =
        () => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (hub.test:80)");

    public static Func<HttpResponseMessage> Broken { get; } =
        () => throw new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended");

    public HttpClient Client() => new(this);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var id = request.Headers.TryGetValues("Last-Event-ID", out var values) ? values.Single() : null;
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Count.ShouldBeLessThan(100, "Nobody should ask so often.");
        Requests.Add(new Request(request.RequestUri!.PathAndQuery, id, request.Headers.Accept.ToString(), body));
        return script[Math.Min(Requests.Count, script.Length) - 1]();
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string type, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, type) };

    internal sealed record Request(string Url, string? LastEventId, string Accept, string? Body);
}
