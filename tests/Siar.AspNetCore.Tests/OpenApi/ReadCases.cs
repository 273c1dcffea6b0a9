using Siar.Hub;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Reading the plain API.</summary>
internal static class ReadCases
{
    private const string Lines = "application/x-ndjson";
    private const string Page = "application/json";

    public static IEnumerable<ApiCase> All =>
    [
        .. Of("readTopic", HttpMethod.Get, topic => $"/events/{topic}?"), .. Of("readEvents", HttpMethod.Get, topic => $"/events?topic={topic}&"),
        .. Of("lookAtTopic", HttpMethod.Head, topic => $"/events/{topic}?"), .. Of("lookAtEvents", HttpMethod.Head, topic => $"/events?topic={topic}&"),
    ];

    private static IEnumerable<ApiCase> Of(string operation, HttpMethod method, Func<string, string> at)
    {
        var kept = at("kept");
        ApiCase Get(int status, string target, params (string Name, string Value)[] headers) => ApiCase.Of(operation, status, method, target, headers);
        ApiCase In(ApiHub state, int status, string target) => ApiCase.In(state, operation, status, method, target);

        return
        [
            Get(200, kept),
            Get(200, kept + "topic=other", ("Accept", "text/event-stream")),
            Get(200, kept + "pattern=/rooms/:id&template=https://example.com/books/%7Bid%7D", ("Accept", Lines)),
            Get(200, kept + "lastEventId=earliest&limit=1&wait=0", ("Accept", Page)),
            Get(200, kept + "last_event_id=earliest", ("Accept", Page)),
            Get(200, kept + "lastEventID=unknown", ("Accept", Page)),
            Get(200, kept, ("Accept", Page), ("Last-Event-ID", "earliest")),
            Get(200, kept + "last=1", ("Accept", Page)),
            Get(200, kept + "snapshot=on", ("Accept", Page)),
            Get(200, at("closed") + "lastEventId=earliest", ("Accept", Page)),
            new(operation, 204, ApiHub.Open, hub => Task.FromResult(ApiCase.Request(method, at("closed"), ("Last-Event-ID", hub.Core.NewestId.Value)))),
            new(operation, 304, ApiHub.Open, hub => NotModifiedAsync(hub, method, at)),
            Get(400, kept + "limit=none", ("Accept", Page)),
            Get(400, kept + "last=1&snapshot=on"),
            Get(200, kept + "signals=on", ("Accept", Page)),
            Get(400, kept + "signals=perhaps"),
            In(ApiHub.Keyed, 401, kept),
            Get(403, kept, ("Host", "rebound.example")),
            Get(406, kept, ("Accept", "image/png")),
            Get(413, kept + "last=1001"),
            In(ApiHub.Full, 429, kept + "refusal=status").After(FillAsync),
            In(ApiHub.Draining, 503, kept + "refusal=status"),
            In(ApiHub.Keyed, 503, kept).With(ApiHubs.UncheckableToken),
        ];
    }

    /// <summary>Takes the one place that there is.</summary>
    public static async Task FillAsync(TestHub hub) => await EventStream.OpenAsync(hub.Client, "/events/kept");

    private static async Task<HttpRequestMessage> NotModifiedAsync(TestHub hub, HttpMethod method, Func<string, string> at)
    {
        var first = await hub.Hub.PublishAsync("page", "0");
        await hub.Hub.PublishAsync("page", "1");
        var target = $"{at("page")}limit=1&lastEventId={Uri.EscapeDataString(first.Id.Value)}";
        using var answer = await hub.Client.SendAsync(ApiCase.Request(HttpMethod.Get, target, ("Accept", Page)));
        return ApiCase.Request(method, target, ("Accept", Page), ("If-None-Match", answer.Headers.ETag!.ToString()));
    }
}
