using System.Collections.Immutable;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Auth;

/// <summary>One Mercure entry of <c>authorization_details</c>, valid in every part.</summary>
internal sealed record AuthorizationDetail(bool Publish, bool Subscribe, ImmutableArray<Matcher> Topics, JsonElement? Payload);
