using System.Collections.Immutable;
using System.Globalization;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Reads one event: the body is its data, everything else stands in path and query.</summary>
internal static class SingleReader
{
    public static Refusal? Read(HubIdentity hub, IReadOnlyList<string> topics, QueryFields query, byte[] body, out ImmutableArray<Event> events)
    {
        events = [];
        string? id = null, key = null, retryText = null;
        var isPrivate = false;
        var refusal = query.One("type", out var type) ?? query.One("id", out id) ?? query.One("key", out key)
            ?? query.One("retry", out retryText) ?? query.Switch("private", out isPrivate);
        if (refusal is not null) return refusal;
        if (!TryReadRetry(retryText, out var retry))
            return Refusal.Invalid($"The field 'retry' in the query is not a number of milliseconds from 0 to {int.MaxValue}.");

        var fields = new EventFields { Topics = topics, Data = body, Type = type, Id = id, RetryMilliseconds = retry, IsPrivate = isPrivate, Key = key };
        if (fields.Build(hub, out var made) is { } error) return Refusal.Invalid(error);
        events = [made!];
        return null;
    }

    private static bool TryReadRetry(string? text, out int? retry)
    {
        retry = null;
        if (text is null) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        retry = number;
        return true;
    }
}
