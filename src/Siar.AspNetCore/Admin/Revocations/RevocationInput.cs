using System.Globalization;
using System.Net;
using System.Text.Json;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>How revocations are written in requests and answers. What is wrong with a request is noted on its fields.</summary>
internal static class RevocationInput
{
    private const string Example = "user=NAME (perhaps with issuer=ISSUER), token=ID, claim=TYPE with value=VALUE, or address=ADDRESS";

    private static readonly string[] Names = ["user", "token", "claim", "address"];

    /// <summary>Reads which callers are meant; null where that is wrong.</summary>
    public static CallerFilter? ReadCallers(RequestFields fields)
    {
        var given = Array.FindAll(Names, fields.Has);
        if (given.Length != 1)
        {
            fields.Refuse(Refusal.Invalid(given.Length == 0 ? $"The query does not say which callers are meant: give {Example}." : $"The query has '{given[0]}' and '{given[1]}': give one of {Example}."));
            return null;
        }

        var (value, issuer, claimed) = (Text(fields, given[0]), fields.Has("issuer") ? Text(fields, "issuer") : null, given[0] == "claim" ? Text(fields, "value") : null);
        if (issuer is not null && given[0] != "user") fields.Refuse(Refusal.Invalid("The field 'issuer' in the query goes with 'user'."));
        if (fields.Refusal is not null) return null;
        return given[0] switch
        {
            "user" => CallerFilter.User(value!, issuer),
            "token" => CallerFilter.Token(value!),
            "claim" => CallerFilter.Claim(value!, claimed!),
            _ => ReadAddress(fields, value!),
        };
    }

    /// <summary>Reads until when callers are refused; the moment itself where their streams are to end and nothing more.</summary>
    public static DateTimeOffset ReadUntil(RequestFields fields, DateTimeOffset now)
    {
        if (fields.Has("for") == fields.Has("until"))
        {
            fields.Refuse(Refusal.Invalid("The query does not say how long the callers are refused: give for=SECONDS (0 ends their streams and refuses nobody), or until=TIME, as 2030-01-31T12:00:00Z or in seconds since 1970 as a token's exp."));
            return now;
        }

        var most = (int)Revocations.Longest.TotalSeconds;
        if (fields.Has("for")) return now.AddSeconds(fields.Number("for", 0, most, otherwise: 0));
        var text = fields.One("until") ?? "";
        var until = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var moment) && text.Contains('T', StringComparison.Ordinal) ? moment
            : default;
        if (until <= now || until - now > Revocations.Longest)
            fields.Refuse(Refusal.Invalid("The field 'until' in the query is no time to come within ten years: write 2030-01-31T12:00:00Z, or seconds since 1970."));
        return until;
    }

    /// <summary>Writes a revocation.</summary>
    public static void Write(Utf8JsonWriter json, Revocation revocation)
    {
        json.WriteStartObject();
        var callers = revocation.Callers;
        switch (callers.Kind)
        {
            case CallerFilterKind.User:
                json.WriteString("user"u8, callers.Value);
                if (callers.Qualifier is { } issuer) json.WriteString("issuer"u8, issuer);
                break;
            case CallerFilterKind.Token:
                json.WriteString("token"u8, callers.Value);
                break;
            case CallerFilterKind.Claim:
                json.WriteString("claim"u8, callers.Qualifier);
                json.WriteString("value"u8, callers.Value);
                break;
            case CallerFilterKind.Address:
                json.WriteString("address"u8, callers.Value);
                break;
        }

        json.WriteString("until"u8, revocation.Until.UtcDateTime);
        json.WriteEndObject();
    }

    private static string? Text(RequestFields fields, string name)
    {
        var text = fields.One(name);
        if (CallerFilter.Check(text, $"field '{name}' in the query") is { } error) fields.Refuse(Refusal.Invalid(error));
        return text;
    }

    // What the hub calls a client of IPv6 is a network.
    private static CallerFilter? ReadAddress(RequestFields fields, string text)
    {
        if (IPAddress.TryParse(text.EndsWith("/64", StringComparison.Ordinal) ? text[..^3] : text, out var address)) return CallerFilter.Address(address);
        fields.Refuse(Refusal.Invalid("The field 'address' in the query is no IP address."));
        return null;
    }
}
