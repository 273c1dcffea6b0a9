using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Siar.AspNetCore.Tests.OpenApi;

/// <summary>One operation of the document.</summary>
internal sealed record ApiOperation(string Path, string Method, JsonObject Json)
{
    public string Id => (string)Json["operationId"]!;
}

/// <summary>Looks things up in the document as it is written.</summary>
internal static class ApiSchemas
{
    private static readonly string[] Methods = ["get", "head", "post", "delete", "options", "x-query"];
    private static readonly JsonObject Document = ApiDocument.Read();

    public static IReadOnlyList<ApiOperation> Operations { get; } =
    [
        .. from path in Document["paths"]!.AsObject()
           from member in path.Value!.AsObject()
           where Methods.Contains(member.Key)
           select new ApiOperation(path.Key, member.Key == "x-query" ? "QUERY" : member.Key.ToUpperInvariant(), member.Value!.AsObject()),
    ];

    public static IEnumerable<int> StatusesOf(ApiOperation operation) => operation.Json["responses"]!.AsObject().Select(r => int.Parse(r.Key));

    public static JsonObject ResponseOf(string operation, int status) => Resolve(Operations.Single(o => o.Id == operation).Json["responses"]![status.ToString()]!);

    /// <summary>The parameters of an operation that stand in its query or in a header field, by name.</summary>
    public static IEnumerable<string> ParametersOf(ApiOperation operation) =>
        from parameter in operation.Json["parameters"]?.AsArray() ?? []
        let resolved = Resolve(parameter!)
        where (string)resolved["in"]! is "query" or "header"
        select (string)resolved["name"]!;

    /// <summary>What is referred to, or the thing itself.</summary>
    public static JsonObject Resolve(JsonNode node)
    {
        if ((string?)node["$ref"] is not { } reference) return node.AsObject();
        return reference.Split('/').Skip(1).Aggregate((JsonNode)Document, (at, name) => at[name]!).AsObject();
    }

    /// <summary>What is wrong with a value, held against a schema of the document; empty where nothing is.</summary>
    public static IEnumerable<string> Errors(JsonNode schema, JsonNode? value)
    {
        // JSON Schema knows its definitions by another name.
        var whole = schema.DeepClone().AsObject();
        whole["$defs"] = Document["components"]!["schemas"]!.DeepClone();
        var text = whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal);
        using var instance = JsonDocument.Parse(value?.ToJsonString() ?? "null");
        var result = JsonSchema.FromText(text).Evaluate(instance.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        if (result.IsValid) return [];
        return result.Details!.Where(d => d.Errors is { Count: > 0 }).SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")).DefaultIfEmpty("It is not valid.");
    }

    public static JsonNode Schema(string name) => new JsonObject { ["$ref"] = "#/components/schemas/" + name };
}
