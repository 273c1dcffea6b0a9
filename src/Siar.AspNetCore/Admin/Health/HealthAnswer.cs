using System.Text.Json.Serialization;

namespace Siar.AspNetCore;

/// <summary>What a probe is answered.</summary>
/// <param name="Status">A fixed word: <c>ok</c>, <c>failed</c>, <c>starting</c>, <c>draining</c>, or how the log is: <c>full</c>, <c>unavailable</c> or <c>damaged</c>.</param>
/// <param name="Detail">Why, when it is not <c>ok</c>.</param>
internal sealed record HealthAnswer(string Status, string? Detail = null);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthAnswer))]
internal sealed partial class HealthJson : JsonSerializerContext;
