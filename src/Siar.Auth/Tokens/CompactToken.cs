using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Siar.Auth;

/// <summary>
/// The parts of a compact JWS (RFC 7515 section 7.1), read but not yet believed. Reads only what the hub obeys: <c>jwk</c>, <c>jku</c>, <c>x5c</c>
/// and <c>x5u</c> have no reader here, so no key can come from a token.
/// </summary>
internal sealed class CompactToken : IDisposable
{
    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly JsonDocument _payload;

    private CompactToken(JsonDocument payload, string algorithm, string? keyId, string? type, byte[] signingInput, byte[] signature)
    {
        _payload = payload;
        Algorithm = algorithm;
        KeyId = keyId;
        Type = type;
        SigningInput = signingInput;
        Signature = signature;
    }

    public string Algorithm { get; }

    public string? KeyId { get; }

    public string? Type { get; }

    public JsonElement Claims => _payload.RootElement;

    public byte[] SigningInput { get; }

    public byte[] Signature { get; }

    public static bool TryParse(string text, [NotNullWhen(true)] out CompactToken? token, [NotNullWhen(false)] out TokenFailure? failure)
    {
        token = null;
        var dots = text.AsSpan().Count('.');
        if (dots != 2)
        {
            failure = TokenFailure.Malformed(dots == 4
                ? "The token is encrypted (a JWE): send a signed one (a JWS)."
                : $"The token has {dots + 1} parts; a signed token has three, with dots between them.");
            return false;
        }

        var first = text.IndexOf('.');
        var second = text.LastIndexOf('.');
        if (!TryDecode(text.AsSpan(0, first), out var header)
            || !TryDecode(text.AsSpan(first + 1, second - first - 1), out var payload)
            || !TryDecode(text.AsSpan(second + 1), out var signature))
        {
            failure = TokenFailure.Malformed("A part of the token is not base64url.");
            return false;
        }

        if (!TryReadHeader(header, out var algorithm, out var keyId, out var type, out failure)) return false;
        if (!StrictJson.TryParseObject(payload, out var claims))
        {
            failure = TokenFailure.Malformed("The token's payload is not a JSON object in UTF-8 without repeated names.");
            return false;
        }

        token = new CompactToken(claims, algorithm, keyId, type, Encoding.ASCII.GetBytes(text, 0, second), signature);
        return true;
    }

    public void Dispose() => _payload.Dispose();

    private static bool TryReadHeader(
        byte[] json, [NotNullWhen(true)] out string? algorithm, out string? keyId, out string? type, [NotNullWhen(false)] out TokenFailure? failure)
    {
        algorithm = keyId = type = null;
        if (!StrictJson.TryParseObject(json, out var document))
        {
            failure = TokenFailure.Malformed("The token's header is not a JSON object in UTF-8 without repeated names.");
            return false;
        }

        using (document)
        {
            var header = document.RootElement;
            failure = null;

            // RFC 7515 section 4.1.11: a recipient that does not understand a critical extension must refuse the token; this one knows none.
            if (header.TryGetProperty("crit", out _)) failure = TokenFailure.Malformed("The token's header asks for extensions (crit) that the hub does not have.");
            else if (!header.TryGetProperty("alg", out var alg) || !alg.TryGetText(out algorithm)) failure = TokenFailure.Malformed("The token's header has no alg.");
            else if (!TryReadOptional(header, "kid", out keyId)) failure = TokenFailure.Malformed("The token's kid is not a string.");
            else if (!TryReadOptional(header, "typ", out type)) failure = TokenFailure.Malformed("The token's typ is not a string.");
            return failure is null;
        }
    }

    private static bool TryReadOptional(JsonElement header, string name, out string? value)
    {
        value = null;
        return !header.TryGet(name, out var member) || member.TryGetText(out value);
    }

    // RFC 7515 section 2: base64url without padding, line breaks or anything else; the decoder alone would forgive those.
    private static bool TryDecode(ReadOnlySpan<char> part, out byte[] bytes)
    {
        bytes = [];
        if (part.ContainsAnyExcept(Alphabet) || part.Length % 4 == 1) return false;
        bytes = new byte[Base64Url.GetMaxDecodedLength(part.Length)];
        var status = Base64Url.DecodeFromChars(part, bytes, out _, out var written);
        Array.Resize(ref bytes, written);
        return status == OperationStatus.Done;
    }
}
