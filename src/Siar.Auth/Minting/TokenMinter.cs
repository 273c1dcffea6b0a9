using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;

namespace Siar.Auth;

/// <summary>Makes tokens, of both dialects. May be used from any thread.</summary>
public sealed class TokenMinter(SigningKey key, TimeProvider time)
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Makes a token.</summary>
    /// <exception cref="ArgumentException">The dialect cannot say what is asked for.</exception>
    public string Mint(TokenRequest request)
    {
        var isV1 = request.Dialect == TokenDialect.V1;
        using var json = new MemoryStream();
        using (var claims = new Utf8JsonWriter(json))
        {
            claims.WriteStartObject();
            if (isV1) TokenClaims.WriteV1(claims, request);
            else TokenClaims.WriteV0(claims, request);

            var now = time.GetUtcNow();
            claims.WriteNumber("iat", now.ToUnixTimeSeconds());
            if (request.Lifetime is { } lifetime) claims.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
            claims.WriteEndObject();
        }

        var header = new Dictionary<string, object> { [JwtHeaderParameterNames.Typ] = isV1 ? "at+jwt" : "JWT" };
        return _handler.CreateToken(Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length), key.Credentials, header);
    }
}
