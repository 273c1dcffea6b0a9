using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>What somebody asks of <c>siar revoke</c>, as it was written.</summary>
internal sealed record RevokeOrder
{
    public required HubAddress Hub { get; init; }

    public IReadOnlyList<RequestHeader> Headers { get; init; } = [];

    public SettingValue? User { get; init; }

    public SettingValue? Issuer { get; init; }

    public SettingValue? TokenId { get; init; }

    public SettingValue? Claim { get; init; }

    public SettingValue? Address { get; init; }

    public SettingValue? Jwt { get; init; }

    public SettingValue? For { get; init; }

    public SettingValue? Until { get; init; }

    public bool Disconnects { get; init; }

    public bool Lifts { get; init; }

    public bool Lists { get; init; }

    /// <summary>The request that does it.</summary>
    /// <exception cref="SettingException">The words are wrong, or too many, or too few.</exception>
    public HttpRequestMessage ToRequest()
    {
        if (Lists) return new HttpRequestMessage(HttpMethod.Get, new Uri(Hub.Url, "revocations"));
        var (query, expires) = Callers();
        if (!Lifts) query += Duration(expires);
        return new HttpRequestMessage(Lifts ? HttpMethod.Delete : HttpMethod.Post, new Uri(Hub.Url, "revocations?" + query));
    }

    private (string Query, string? Expires) Callers()
    {
        SettingValue[] given = [.. new[] { User, TokenId, Claim, Address, Jwt }.OfType<SettingValue>()];
        if (given.Length != 1) throw new SettingException("Say which callers are meant by one of --user, --token-id, --claim, --address or --jwt.");
        if (Issuer is not null && User is null) throw Issuer.Wrong("goes with --user");
        if (Jwt is not null) return ReadJwt(Jwt);
        if (Claim is { } claim)
        {
            var equals = claim.Text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw claim.Wrong($"'{claim.Text}' is no claim: write its type and its value, such as role=trader");
            return ($"claim={Escape(claim.Text[..equals])}&value={Escape(claim.Text[(equals + 1)..])}", null);
        }

        var name = User is not null ? "user" : TokenId is not null ? "token" : "address";
        return ($"{name}={Escape(given[0].Text)}{(Issuer is null ? "" : $"&issuer={Escape(Issuer.Text)}")}", null);
    }

    private string Duration(string? expires)
    {
        if (Disconnects) return For is null && Until is null ? "&for=0" : throw new SettingException("--disconnect refuses nobody: leave --for and --until out.");
        if (For is not null && Until is not null) throw new SettingException("--for and --until say the same: give one.");
        if (For is not null) return For.ToDuration() is { TotalSeconds: >= 1 } time ? $"&for={(long)time.TotalSeconds}" : throw For.Wrong("write a time of at least 1s; --disconnect refuses nobody");
        return (Until?.Text ?? expires) is { } until ? $"&until={Escape(until)}" : throw new SettingException("Say how long by --for or --until, or give --disconnect to end the streams and no more.");
    }

    // Nobody's word is taken for anything here: the hub decides by the token that it is shown.
    private static (string Query, string? Expires) ReadJwt(SettingValue jwt)
    {
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Text.Split('.')[1]));
            if (!claims.RootElement.TryGetProperty("jti", out var id)) throw jwt.Wrong("the token has no id (jti) by which it alone could be revoked: revoke its --user");
            var expires = claims.RootElement.TryGetProperty("exp", out var exp) && exp.TryGetDouble(out var seconds) ? ((long)Math.Ceiling(seconds)).ToString(CultureInfo.InvariantCulture) : null;
            return ($"token={Escape(id.GetString()!)}", expires);
        }
        catch (Exception failure) when (failure is FormatException or IndexOutOfRangeException or JsonException or InvalidOperationException)
        {
            throw jwt.Wrong("this is no token (JWT)");
        }
    }

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
