namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Publishing on the plain API.</summary>
internal static class PublishCases
{
    private const string Text = "text/plain";
    private const string Batch = "application/x-ndjson";

    public static IEnumerable<ApiCase> All =>
    [
        .. Of("publishToTopic", topic => $"/events/{topic}?"),
        .. Of("publishEvents", topic => $"/events?topic={topic}&"),
        ApiCase.Of("publishEvents", 200, HttpMethod.Post, "/events", Batch, """{"topics":["a"],"data":"1"}""" + "\n" + """{"topics":["b","c"],"id":"mine"}"""),
        ApiCase.Of("publishEvents", 400, HttpMethod.Post, "/events", Text, "no topic"),
        ApiCase.Of("publishEvents", 400, HttpMethod.Post, "/events", Batch, """{"topics":["a"],"privat":true}"""),
        ApiCase.Of("askAboutTopic", 204, HttpMethod.Options, "/events/a"),
        ApiCase.Of("askAboutEvents", 204, HttpMethod.Options, "/events"),
    ];

    private static IEnumerable<ApiCase> Of(string operation, Func<string, string> at)
    {
        var fresh = at("fresh");
        ApiCase Post(int status, string target, params (string Name, string Value)[] headers) => ApiCase.Of(operation, status, HttpMethod.Post, target, Text, "x", headers);
        ApiCase In(ApiHub state, int status, string target) => ApiCase.In(state, operation, status, HttpMethod.Post, target, Text, "x");

        return
        [
            Post(200, fresh + "topic=alternate&type=price&retry=500&private=on&key=eur"),
            Post(200, fresh + "id=mine&unique=on"),
            Post(200, fresh + "close=on"),
            Post(200, at("kept"), ("If-Match", "*")),
            Post(200, fresh, ("If-None-Match", "*")),
            Post(200, fresh, ("Idempotency-Key", "once")).AfterTimes(1),
            Post(400, fresh + "retry=soon"),
            In(ApiHub.Keyed, 401, fresh),
            In(ApiHub.Keyed, 403, fresh).With(Keyring.Publisher("other")),
            Post(403, fresh, ("Origin", "https://other.example")),
            Post(408, fresh, (ApiHubs.SlowHeader, "yes")),
            Post(409, at("closed")),
            Post(412, fresh, ("If-Match", "*")),
            ApiCase.Of(operation, 413, HttpMethod.Post, fresh, Text, new string('x', 1_001)),
            ApiCase.Of(operation, 415, HttpMethod.Post, fresh, "text/plain; charset=iso-8859-1", "x"),
            Post(422, fresh + "type=other", ("Idempotency-Key", "used")).After(UseKeyAsync),
            In(ApiHub.Full, 429, fresh).AfterTimes(2),
            In(ApiHub.Keyed, 503, fresh).With(ApiHubs.UncheckableToken),
            In(ApiHub.LogFull, 507, fresh),
        ];
    }

    private static async Task UseKeyAsync(TestHub hub)
    {
        (await hub.Client.SendAsync(ApiCase.Request(HttpMethod.Post, "/events/fresh", Text, "x", ("Idempotency-Key", "used")))).Dispose();
    }
}
