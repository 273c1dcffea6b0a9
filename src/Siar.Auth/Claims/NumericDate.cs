using System.Text.Json;

namespace Siar.Auth;

/// <summary>A moment as a token tells it (RFC 7519 section 2): seconds since 1970-01-01 UTC, whole or not.</summary>
internal static class NumericDate
{
    /// <summary>Reads a moment; one beyond the calendar becomes its nearest end.</summary>
    public static bool TryRead(JsonElement value, out DateTimeOffset moment)
    {
        moment = default;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || double.IsNaN(seconds)) return false;
        if (seconds >= DateTimeOffset.MaxValue.ToUnixTimeSeconds()) moment = DateTimeOffset.MaxValue;
        else if (seconds <= DateTimeOffset.MinValue.ToUnixTimeSeconds()) moment = DateTimeOffset.MinValue;
        else moment = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
