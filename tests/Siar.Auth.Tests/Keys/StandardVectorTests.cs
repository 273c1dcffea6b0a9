using System.Buffers.Text;
using System.Text;

namespace Siar.Auth.Tests.Keys;

/// <summary>The examples of RFC 7515 (appendix A) and RFC 8037 (appendix A).</summary>
public class StandardVectorTests
{
    private const string Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    [Fact]
    public void RFC_7515_A_1_HMAC_SHA_256()
    {
        var key = VerificationKey.FromSecret(Base64Url.DecodeFromChars("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
        Verifies(key, $"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{Payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").ShouldBeTrue();
        Verifies(key, $"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.{Payload}.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXg").ShouldBeFalse();
    }

    [Fact]
    public void RFC_7515_A_3_ECDSA_P_256()
    {
        var key = VerificationKey.FromJwks("""{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}""")[0];
        Verifies(key, $"eyJhbGciOiJFUzI1NiJ9.{Payload}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q").ShouldBeTrue();
    }

    [Fact]
    public void RFC_8037_A_4_Ed25519()
    {
        var key = new Ed25519Key(Base64Url.DecodeFromChars("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
        var provider = SignatureProviders.ForVerifying(key, "EdDSA");
        var input = Encoding.ASCII.GetBytes("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
        var signature = Base64Url.DecodeFromChars("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        provider.Verify(input, signature).ShouldBeTrue();
        signature[0] ^= 1;
        provider.Verify(input, signature).ShouldBeFalse();
    }

    private static bool Verifies(VerificationKey key, string text)
    {
        CompactToken.TryParse(text, out var token, out _).ShouldBeTrue();
        using (token) return key.Verifies(token!);
    }
}
