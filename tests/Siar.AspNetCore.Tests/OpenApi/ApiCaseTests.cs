using System.Text.Json.Nodes;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>Holds the document against a running hub: what it promises is answered so, and every promise is tried.</summary>
public sealed class ApiCaseTests
{
    public static TheoryData<int, string> Cases
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var i = 0; i < ApiCase.All.Count; i++) data.Add(i, ApiCase.All[i].ToString());
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_hub_answers_as_the_document_says(int number, string name)
    {
        var tried = ApiCase.All[number];
        await using var hub = await ApiHubs.StartAsync(tried.State);
        using var request = await tried.Ask(hub);
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        ((int)answer.StatusCode).ShouldBe(tried.Status, name);
        var promised = ApiSchemas.ResponseOf(tried.Operation, tried.Status);
        foreach (var (header, description) in promised["headers"]?.AsObject() ?? [])
        {
            if ((bool?)ApiSchemas.Resolve(description!)["required"] == true) (answer.Headers.NonValidated.Contains(header) || answer.Content.Headers.NonValidated.Contains(header)).ShouldBeTrue(header);
        }

        if (request.Method != HttpMethod.Head) await CheckBodyAsync(answer, promised["content"]?.AsObject());
        hub.Log.Errors.Count.ShouldBe(tried.State is ApiHub.Failed ? 1 : 0, string.Join('\n', hub.Log.Errors));
    }

    [Fact]
    public void Every_status_that_the_document_names_is_tried() =>
        ApiSchemas.Operations.SelectMany(o => ApiSchemas.StatusesOf(o).Select(s => $"{o.Id} {s}"))
            .Except(ApiCase.All.Select(c => c.ToString())).ShouldBeEmpty();

    [Fact]
    public async Task Every_parameter_that_the_document_names_is_sent_and_no_other()
    {
        var sent = ApiSchemas.Operations.ToDictionary(o => o.Id, _ => new HashSet<string>(StringComparer.Ordinal));
        foreach (var state in ApiCase.All.GroupBy(c => c.State))
        {
            await using var hub = await ApiHubs.StartAsync(state.Key);
            foreach (var tried in state)
            {
                using var request = await tried.Ask(hub);
                sent[tried.Operation].UnionWith(NamesIn(request));
            }
        }

        foreach (var operation in ApiSchemas.Operations)
            sent[operation.Id].SetEquals(ApiSchemas.ParametersOf(operation)).ShouldBeTrue($"{operation.Id}: sent {string.Join(' ', sent[operation.Id])}");
    }

    private static async Task CheckBodyAsync(HttpResponseMessage answer, JsonObject? content)
    {
        if (content is null)
        {
            (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
            return;
        }

        var type = answer.Content.Headers.ContentType!.MediaType!;
        content.ContainsKey(type).ShouldBeTrue(type);
        // A stream has no end.
        if (type is "text/event-stream" or "application/x-ndjson") return;
        var text = await answer.Content.ReadAsStringAsync();
        ApiSchemas.Errors(content[type]!["schema"]!, type == "text/plain" ? JsonValue.Create(text) : JsonNode.Parse(text)).ShouldBeEmpty(text);
    }

    private static IEnumerable<string> NamesIn(HttpRequestMessage request)
    {
        string[] headers = ["Last-Event-ID", "Idempotency-Key", "If-Match", "If-None-Match"];
        var query = request.RequestUri!.OriginalString.Split('?').Skip(1).SelectMany(q => q.Split('&', StringSplitOptions.RemoveEmptyEntries)).Select(f => f.Split('=')[0]);
        // One that no reader knows is there to be refused.
        return headers.Where(request.Headers.Contains).Concat(query).Where(n => n != "match_never");
    }
}
