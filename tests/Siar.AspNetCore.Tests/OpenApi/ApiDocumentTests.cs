using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Siar.AspNetCore.Tests.OpenApi;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task The_document_is_valid_OpenAPI_3_1()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var text = await hub.Client.GetStringAsync("/openapi.json");
        Errors(text).ShouldBeEmpty();
        Errors(text.Replace("\"title\":\"Siar\",", "", StringComparison.Ordinal)).ShouldNotBeEmpty();
        Dangling(JsonNode.Parse(text)!, text).ShouldBeEmpty();
        Dangling(JsonNode.Parse(text)!, text.Replace("\"Health\":", "\"Wealth\":", StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Every_door_of_the_hub_is_in_the_document_and_nothing_else_is()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        var document = await ReadAsync(hub);
        var routes = hub.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Select(m => (Route: "/" + e.RoutePattern.RawText!.TrimStart('/'), Method: m))).ToList();
        var described = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(m => (Path: p.Key, Method: MethodOf(m.Key)))).Where(p => p.Method is not null).ToList();

        routes.Where(r => !described.Exists(d => d.Method == r.Method && ApiDocument.Means(r.Route, d.Path))).ShouldBeEmpty();
        described.Count.ShouldBe(ApiSchemas.Operations.Count);
    }

    [Fact]
    public async Task What_the_hub_does_not_serve_is_not_in_the_document()
    {
        await using var closed = await TestHub.StartAsync(Keyring.Setup(t => t.Publish.Keys.Clear(), o => o.Mercure.Subscriptions = false));
        var paths = (await ReadAsync(closed))["paths"]!.AsObject();
        paths["/.well-known/mercure"]!.AsObject().ContainsKey("post").ShouldBeFalse();
        paths["/.well-known/mercure"]!.AsObject().ContainsKey("x-query").ShouldBeTrue();
        paths.ContainsKey("/.well-known/mercure/subscriptions").ShouldBeFalse();

        await using var open = await TestHub.StartAsync();
        (await ReadAsync(open))["paths"]!.AsObject().Select(p => p.Key).ShouldNotContain(p => p.Contains("oauth"));
    }

    [Fact]
    public async Task Paths_are_where_the_application_has_mapped_them()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Options = o => o.Mercure.Path = "/push",
            Pipeline = a => a.UsePathBase("/base"),
            Endpoints = a =>
            {
                var group = a.MapGroup("/hub");
                group.MapSiar();
                group.MapSiarOpenApi();
            },
        });
        var document = JsonNode.Parse(await hub.Client.GetStringAsync("/base/hub/openapi.json"))!;
        ((string)document["servers"]![0]!["url"]!).ShouldBe("/base/hub");
        document["paths"]!.AsObject().Select(p => p.Key).ShouldContain("/events/{topic}");
        document["paths"]!.AsObject().Select(p => p.Key).ShouldContain("/push/subscriptions");
        ((string)(await ReadAsync(hub))["servers"]![0]!["url"]!).ShouldBe("/");
    }

    [Theory]
    [InlineData("readTopic", "/events/kept?lastEventId=earliest&signals=on")]
    public async Task Lines_are_as_the_document_says(string operation, string path)
    {
        ApiSchemas.Operations.ShouldContain(o => o.Id == operation);
        await using var hub = await ApiHubs.StartAsync(ApiHub.Open);
        using var request = ApiCase.Request(HttpMethod.Get, path, ("Accept", "application/x-ndjson"));
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var seen = new List<JsonNode>();
        while (seen.Count == 0 || seen[^1]["signal"] is null)
        {
            if (await lines.ReadLineAsync() is { Length: > 0 } line) seen.Add(JsonNode.Parse(line)!);
        }

        seen.Count.ShouldBe(3);
        seen.SelectMany(l => ApiSchemas.Errors(ApiSchemas.Schema("Line"), l)).ShouldBeEmpty();
        ApiSchemas.Errors(ApiSchemas.Schema("Line"), JsonNode.Parse("""{"signal":"gone"}""")).ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("""{"topics":["a"],"data":"d","type":"t","id":"i","retry":1,"private":true,"key":"k"}""", true)]
    [InlineData("""{"topics":["a"],"privat":true}""", false)]
    [InlineData("""{"topics":[]}""", false)]
    [InlineData("""{"data":"d"}""", false)]
    [InlineData("""{"topics":["a"],"retry":-1}""", false)]
    [InlineData("""{"topics":["a"],"data":7}""", false)]
    public async Task A_line_of_a_batch_is_taken_where_the_document_says_so(string line, bool taken)
    {
        await using var hub = await TestHub.StartAsync();
        using var request = ApiCase.Request(HttpMethod.Post, "/events", "application/x-ndjson", line);
        (await hub.Client.SendAsync(request)).IsSuccessStatusCode.ShouldBe(taken);
        ApiSchemas.Errors(ApiSchemas.Schema("EventToPublish"), JsonNode.Parse(line)).Any().ShouldBe(!taken);
    }

    private static string? MethodOf(string member) => member switch
    {
        "x-query" => "QUERY",
        "get" or "head" or "post" or "delete" or "options" => member.ToUpperInvariant(),
        _ => null,
    };

    private static async Task<JsonObject> ReadAsync(TestHub hub) => JsonNode.Parse(await hub.Client.GetStringAsync("/openapi.json"))!.AsObject();

    private static IEnumerable<string> Errors(string text)
    {
        var read = OpenApiDocument.Parse(text, "json");
        var errors = read.Diagnostic!.Errors.Select(e => e.ToString());
        return read.Diagnostic.SpecificationVersion is OpenApiSpecVersion.OpenApi3_1 ? errors : errors.Append("It is of another version.");
    }

    /// <summary>What is referred to and is not there: the reader does not look.</summary>
    private static IEnumerable<string> Dangling(JsonNode document, string text)
    {
        var whole = JsonNode.Parse(text);
        return ReferencesIn(document).Where(r => r.Split('/').Skip(1).Aggregate(whole, (at, name) => at?[name]) is null);
    }

    private static IEnumerable<string> ReferencesIn(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(m => m.Key == "$ref" ? [(string)m.Value!] : ReferencesIn(m.Value)),
        JsonArray items => items.SelectMany(ReferencesIn),
        _ => [],
    };
}
