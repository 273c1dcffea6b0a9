using System.Text.Json.Serialization;

namespace Siar.Client;

/// <summary>What a hub answers to a publish.</summary>
/// <param name="Ids">The ids of a batch's events, in their order.</param>
/// <param name="Id">The id of what was published alone.</param>
internal sealed record PublishAnswer(IReadOnlyList<string>? Ids, string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PublishAnswer))]
internal sealed partial class PublishJson : JsonSerializerContext;
