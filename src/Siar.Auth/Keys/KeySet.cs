using System.Collections.Immutable;

namespace Siar.Auth;

/// <summary>The keys of one issuer in one role at one moment, or why there are none. Immutable.</summary>
internal sealed class KeySet
{
    public KeySet(ImmutableArray<VerificationKey> keys) => Keys = keys;

    private KeySet(string unavailable)
    {
        Keys = [];
        Unavailable = unavailable;
    }

    public ImmutableArray<VerificationKey> Keys { get; }

    /// <summary>Why the keys could not be had; null when they are here.</summary>
    public string? Unavailable { get; }

    public static KeySet Missing(string reason) => new(reason);

    /// <summary>Whether a key bears this name.</summary>
    public bool Knows(string keyId) => Keys.Any(k => k.KeyId == keyId);

    /// <summary>The key that made the token's signature; null where it is none of these. Its <c>kid</c> is a hint: it says which to try first.</summary>
    public VerificationKey? Find(CompactToken token)
    {
        foreach (var key in Keys)
        {
            if (key.KeyId is not null && key.KeyId == token.KeyId && key.Verifies(token)) return key;
        }

        foreach (var key in Keys)
        {
            if ((key.KeyId is null || key.KeyId != token.KeyId) && key.Verifies(token)) return key;
        }

        return null;
    }

    /// <summary>Whether a token that another set's key has let in would be let in by one of these.</summary>
    public bool Admits(TokenAdmission admission) => Keys.Any(k => k.HasMaterialOf(admission.Key) && k.Algorithms.Contains(admission.Algorithm));
}
