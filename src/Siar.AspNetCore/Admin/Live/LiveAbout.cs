using System.Text.Json.Serialization;

namespace Siar.AspNetCore;

/// <summary>What a dashboard needs to know of its hub once.</summary>
/// <param name="Version">The hub's version.</param>
/// <param name="Development">Whether callers need no authorisation.</param>
/// <param name="Events">The path of the plain API; null where the application has not mapped it.</param>
/// <param name="Demo">The path of the demonstration's page; null where there is none.</param>
/// <param name="Store">Where events are kept, in a word.</param>
/// <param name="MayEnd">Whether the caller may end streams.</param>
internal sealed record LiveAbout(string Version, bool Development, string? Events, string? Demo, string Store, bool MayEnd);

/// <summary>How that becomes JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveAbout))]
[JsonSerializable(typeof(LiveToken.Answer))]
internal sealed partial class LiveJson : JsonSerializerContext;
