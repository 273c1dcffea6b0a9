using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>What presence tells others about a subscriber, and for which of its subscriptions. Immutable.</summary>
/// <param name="Subscriptions">The subscriptions it belongs to: those whose own matcher text, read as a topic, this set means.</param>
/// <param name="Value">The payload, which any reader of presence sees.</param>
public sealed record GrantPayload(MatcherSet Subscriptions, JsonElement Value);
