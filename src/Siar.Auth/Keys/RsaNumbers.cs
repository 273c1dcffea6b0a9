using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Siar.Auth;

/// <summary>Makes RSA keys of numbers that somebody published, and of none that cannot be one.</summary>
internal static class RsaNumbers
{
    /// <summary>The key of a modulus and an exponent.</summary>
    /// <exception cref="ArgumentException">They are not those of an RSA key.</exception>
    public static RsaSecurityKey KeyOf(byte[] modulus, byte[] exponent)
    {
        // RFC 7518, 6.3.1.1: some libraries "prefix an extra zero-valued octet to the modulus representations they return".
        var n = modulus.AsSpan().TrimStart((byte)0).ToArray();
        var e = exponent.AsSpan().TrimStart((byte)0).ToArray();

        // RFC 8017, 3.1: n is a product of odd primes, and e an integer from 3 that has no divisor with p - 1 in common, and so is odd. With
        // an exponent of 1 everybody could sign.
        if (n.Length == 0 || (n[^1] & 1) == 0) throw new ArgumentException("The modulus of the RSA key is zero or even.");
        if (e.Length == 0 || (e[^1] & 1) == 0 || e is [1]) throw new ArgumentException("The exponent of the RSA key is even or less than 3.");
        return new RsaSecurityKey(new RSAParameters { Modulus = n, Exponent = e });
    }
}
