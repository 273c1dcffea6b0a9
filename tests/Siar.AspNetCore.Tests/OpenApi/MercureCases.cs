namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Publishing and subscribing on the Mercure path.</summary>
internal static class MercureCases
{
    private const string Path = "/.well-known/mercure";
    private const string Form = "application/x-www-form-urlencoded";
    private static readonly HttpMethod Query = new("QUERY");

    public static IEnumerable<ApiCase> All => [.. Subscribing, .. Heads, .. Querying, .. Publishing, ApiCase.Of("askAboutMercure", 204, HttpMethod.Options, Path)];

    private static IEnumerable<ApiCase> Subscribing =>
    [
        Get(200, "match=a&match_exact=b&match_urlpattern=/rooms/:id&signals=on"),
        Get(200, "topic=a", ("Last-Event-ID", "earliest")),
        Get(200, "match=a&last_event_id=earliest"),
        Get(200, "match=a&lastEventId=earliest"),
        Get(200, "match=a&lastEventID=earliest"),
        Over("subscribeMercure", id => ApiCase.Request(HttpMethod.Get, $"{Path}?match=closed", ("Last-Event-ID", id))),
        Get(400, "match_never=a"),
        ApiCase.In(ApiHub.Keyed, "subscribeMercure", 401, HttpMethod.Get, $"{Path}?match=a"),
        Get(403, "match=a", ("Host", "rebound.example")),
        Get(406, "match=a", ("Accept", "application/json")),
        ApiCase.In(ApiHub.Full, "subscribeMercure", 429, HttpMethod.Get, $"{Path}?match=a").After(ReadCases.FillAsync),
        ApiCase.In(ApiHub.Draining, "subscribeMercure", 503, HttpMethod.Get, $"{Path}?match=a"),
    ];

    private static IEnumerable<ApiCase> Heads =>
    [
        ApiCase.Of("lookAtMercure", 200, HttpMethod.Head, $"{Path}?match=a&match_exact=b&match_urlpattern=/c"),
        ApiCase.Of("lookAtMercure", 200, HttpMethod.Head, $"{Path}?topic=a"),
        ApiCase.Of("lookAtMercure", 400, HttpMethod.Head, Path),
        ApiCase.In(ApiHub.Keyed, "lookAtMercure", 401, HttpMethod.Head, $"{Path}?match=a"),
        ApiCase.Of("lookAtMercure", 403, HttpMethod.Head, $"{Path}?match=a", ("Host", "rebound.example")),
        ApiCase.Of("lookAtMercure", 406, HttpMethod.Head, $"{Path}?match=a", ("Accept", "image/png")),
    ];

    private static IEnumerable<ApiCase> Querying =>
    [
        Ask(200, "match=a"),
        Over("queryMercure", id => ApiCase.Request(Query, Path, Form, "match=closed", ("Last-Event-ID", id))),
        Ask(400, "match_never=a"),
        ApiCase.In(ApiHub.Keyed, "queryMercure", 401, Query, Path, Form, "match=a"),
        Ask(403, "match=a", ("Host", "rebound.example")),
        Ask(406, "match=a", ("Accept", "application/json")),
        Ask(408, "match=a", (ApiHubs.SlowHeader, "yes")),
        Ask(413, "match=" + new string('a', 4 << 20)),
        ApiCase.Of("queryMercure", 415, Query, Path, "text/plain", "match=a"),
        ApiCase.In(ApiHub.Full, "queryMercure", 429, Query, Path, Form, "match=a").After(ReadCases.FillAsync),
        ApiCase.In(ApiHub.Draining, "queryMercure", 503, Query, Path, Form, "match=a"),
    ];

    private static IEnumerable<ApiCase> Publishing =>
    [
        Post(200, "topic=fresh&topic=alternate&data=x&private=on&id=mine&type=price&retry=500"),
        Post(200, "topic=kept", ("If-Match", "*")),
        Post(200, "topic=fresh", ("If-None-Match", "*")),
        Post(200, "topic=fresh", ("Idempotency-Key", "once")).AfterTimes(1),
        Post(400, "data=x"),
        ApiCase.In(ApiHub.Keyed, "publishMercure", 401, HttpMethod.Post, Path, Form, "topic=a"),
        ApiCase.In(ApiHub.Keyed, "publishMercure", 403, HttpMethod.Post, Path, Form, "topic=a").With(Keyring.Publisher("other")),
        Post(408, "topic=a", (ApiHubs.SlowHeader, "yes")),
        Post(409, "topic=closed"),
        Post(412, "topic=fresh", ("If-Match", "*")),
        Post(413, "topic=fresh&data=" + new string('x', 1_001)),
        ApiCase.Of("publishMercure", 415, HttpMethod.Post, Path, "application/json", "{}"),
        Post(422, "topic=fresh&data=other", ("Idempotency-Key", "used")).After(UseKeyAsync),
        ApiCase.In(ApiHub.Full, "publishMercure", 429, HttpMethod.Post, Path, Form, "topic=fresh").AfterTimes(2),
        ApiCase.In(ApiHub.Keyed, "publishMercure", 503, HttpMethod.Post, Path, Form, "topic=a").With(ApiHubs.UncheckableToken),
        ApiCase.In(ApiHub.LogFull, "publishMercure", 507, HttpMethod.Post, Path, Form, "topic=fresh"),
    ];

    private static ApiCase Get(int status, string query, params (string Name, string Value)[] headers) =>
        ApiCase.Of("subscribeMercure", status, HttpMethod.Get, $"{Path}?{query}", headers);

    private static ApiCase Ask(int status, string body, params (string Name, string Value)[] headers) => ApiCase.Of("queryMercure", status, Query, Path, Form, body, headers);

    private static ApiCase Post(int status, string body, params (string Name, string Value)[] headers) =>
        ApiCase.Of("publishMercure", status, HttpMethod.Post, Path, Form, body, headers);

    private static ApiCase Over(string operation, Func<string, HttpRequestMessage> request) =>
        new(operation, 204, ApiHub.Open, hub => Task.FromResult(request(hub.Core.NewestId.Value)));

    private static async Task UseKeyAsync(TestHub hub)
    {
        (await hub.Client.SendAsync(ApiCase.Request(HttpMethod.Post, Path, Form, "topic=fresh", ("Idempotency-Key", "used")))).Dispose();
    }
}
