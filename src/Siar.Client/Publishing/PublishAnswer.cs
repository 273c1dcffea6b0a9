using System.Text.Json.Serialization;

namespace Siar.Client;

/// <summary>What a hub answers to a batch.</summary>
/// <param name="Ids">The events' ids, in their order; null in an answer of somebody else.</param>
internal sealed record PublishAnswer(IReadOnlyList<string>? Ids);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PublishAnswer))]
internal sealed partial class PublishJson : JsonSerializerContext;
