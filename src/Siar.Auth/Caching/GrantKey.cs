using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Siar.Auth;

/// <summary>What a grant was given for: a token (its SHA-256, so that the cache holds no token), a role and an audience.</summary>
internal readonly record struct GrantKey(UInt128 HashHigh, UInt128 HashLow, TokenRole Role, string Audience)
{
    public static GrantKey Of(string token, TokenRole role, string audience)
    {
        Span<UInt128> hash = stackalloc UInt128[2];
        SHA256.HashData(MemoryMarshal.AsBytes(token.AsSpan()), MemoryMarshal.AsBytes(hash));
        return new GrantKey(hash[0], hash[1], role, audience);
    }
}
