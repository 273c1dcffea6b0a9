using Microsoft.AspNetCore.Http.Features;

namespace Siar.AspNetCore;

/// <summary>
/// The token in a request's query (<c>authorization=</c>, Mercure 0.x only). <see cref="Hide"/> takes it out of the query before anything
/// can log it, and keeps it beside the request.
/// </summary>
internal sealed class QueryToken
{
    private const string Name = "authorization";
    private const string Redacted = "REDACTED";

    private QueryToken(string? text) => Text = text;

    /// <summary>The token; null where the field stands more than once, which makes it none.</summary>
    private string? Text { get; }

    /// <summary>The token of a request; null where it has none.</summary>
    public static string? Of(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<QueryToken>() is { } hidden) return hidden.Text;
        return Find(request.QueryString.Value, out var token, out _) && token.Text != Redacted ? token.Text : null;
    }

    /// <summary>Hides the token of a request that is about to be handed to the application.</summary>
    public static void Hide(IFeatureCollection features)
    {
        if (features.Get<IHttpRequestFeature>() is not { } request || !Find(request.QueryString, out var token, out var redacted)) return;
        features.Set(token);
        request.QueryString = redacted;
        var query = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0) request.RawTarget = request.RawTarget[..query] + redacted;
    }

    /// <summary>A query without a token's text, for a log; empty where there is none.</summary>
    public static string Redact(string? query) => Find(query, out _, out var redacted) ? redacted : query ?? "";

    private static bool Find(string? query, out QueryToken token, out string redacted)
    {
        token = new QueryToken(null);
        redacted = query ?? "";
        if (query is null || !MayHold(query)) return false;
        var fields = query.TrimStart('?').Split('&');
        var found = 0;
        for (var i = 0; i < fields.Length; i++)
        {
            var equals = fields[i].IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || RequestText.Decode(fields[i].AsSpan(0, equals), isForm: true, out var name) is not null || name != Name) continue;
            _ = RequestText.Decode(fields[i].AsSpan(equals + 1), isForm: true, out var value);
            token = new QueryToken(++found == 1 && value.Length > 0 ? value : null);
            fields[i] = fields[i][..(equals + 1)] + Redacted;
        }

        redacted = "?" + string.Join('&', fields);
        return found > 0;
    }

    // Every request passes here, most without a token.
    private static bool MayHold(string query) => query.Contains(Name, StringComparison.Ordinal) || query.Contains('%', StringComparison.Ordinal);
}
