using System.Collections.Immutable;
using System.Text.Json;

namespace Siar.Auth;

/// <summary>What a token says of its bearer.</summary>
/// <param name="Type">The claim's name.</param>
/// <param name="Value">Its value: a text as it is, a number as the token writes it, <c>true</c> or <c>false</c>.</param>
public readonly record struct TokenClaim(string Type, string Value)
{
    private static readonly string[] OfGrants = [AuthorizationDetailsReader.ClaimName, MercureClaim.PlainName, MercureClaim.NamespacedName, "exp", "nbf", "iat"];

    /// <summary>Reads all of them, in the token's order.</summary>
    internal static ImmutableArray<TokenClaim> ReadAll(JsonElement claims)
    {
        var found = ImmutableArray.CreateBuilder<TokenClaim>();
        foreach (var member in claims.EnumerateObject())
        {
            if (Array.Exists(OfGrants, member.NameEquals)) continue;
            if (member.Value.ValueKind is not JsonValueKind.Array)
            {
                Add(member, member.Value, found);
                continue;
            }

            foreach (var item in member.Value.EnumerateArray()) Add(member, item, found);
        }

        return found.DrainToImmutable();
    }

    private static void Add(JsonProperty member, JsonElement value, ImmutableArray<TokenClaim>.Builder found)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String when value.TryGetText(out var written) => written,
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
        if (text is not null && TryGetName(member) is { } name) found.Add(new TokenClaim(name, text));
    }

    // Half a character, as JSON can write it, is no name that anybody could mean.
    private static string? TryGetName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
