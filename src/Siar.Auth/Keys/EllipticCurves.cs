using System.Security.Cryptography;

namespace Siar.Auth;

/// <summary>The curves that JWS has algorithms for.</summary>
internal static class EllipticCurves
{
    /// <summary>The family of a key, by its curve; null for a curve that no algorithm here fits.</summary>
    public static KeyFamily? FamilyOf(ECDsa key) => FamilyOf(key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value);

    private static KeyFamily? FamilyOf(string? oid) => oid switch
    {
        "1.2.840.10045.3.1.7" => KeyFamily.P256,
        "1.3.132.0.34" => KeyFamily.P384,
        "1.3.132.0.35" => KeyFamily.P521,
        _ => null,
    };
}
