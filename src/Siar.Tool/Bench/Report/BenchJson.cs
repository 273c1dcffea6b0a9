using System.Text.Json.Serialization;

namespace Siar.Tool;

/// <summary>The report as JSON.</summary>
[JsonSerializable(typeof(BenchReport))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class BenchJson : JsonSerializerContext;

/// <summary>What processes of readers are told and tell, a line each.</summary>
[JsonSerializable(typeof(ReaderPlan))]
[JsonSerializable(typeof(ReaderState))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class BenchLines : JsonSerializerContext;
