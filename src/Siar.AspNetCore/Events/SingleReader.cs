using System.Collections.Immutable;
using System.Globalization;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>
/// Reads one event: the body is its data, everything else stands in path and query. With <c>close</c> it is the topic's last, or, without a
/// body, there is none and the topic is closed.
/// </summary>
internal static class SingleReader
{
    public static Refusal? Read(HubIdentity hub, IReadOnlyList<string> topics, QueryFields query, byte[] body, out ImmutableArray<Event> events)
    {
        events = [];
        string? id = null, key = null, retryText = null;
        bool isPrivate = false, closes = false;
        var refusal = query.One("type", out var type) ?? query.One("id", out id) ?? query.One("key", out key)
            ?? query.One("retry", out retryText) ?? query.Switch("private", out isPrivate) ?? query.Switch("close", out closes);
        if (refusal is not null) return refusal;
        if (!TryReadRetry(retryText, out var retry))
            return Refusal.Invalid($"The field 'retry' in the query is not a number of milliseconds from 0 to {int.MaxValue}.");

        var fields = new EventFields { Topics = topics, Data = body, Type = type, Id = id, RetryMilliseconds = retry, IsPrivate = isPrivate, Key = key };
        if (fields.Build(hub, out var made) is { } error) return Refusal.Invalid(error);
        var closing = closes ? Event.Closing(made!.Topics[0], isPrivate) : null;
        if (closing is null) events = [made!];
        else if (body.Length > 0) events = [made!, closing];
        else if (IsBare(made!)) events = [closing];
        else return Refusal.Invalid("Without a body 'close' only closes the topic: it has neither other topics nor 'type', 'id', 'key' or 'retry'.");
        return null;
    }

    private static bool IsBare(Event made) =>
        made is { Topics.Length: 1, Id.IsNone: true, Type.IsNone: true, Key: null, RetryMilliseconds: null };

    private static bool TryReadRetry(string? text, out int? retry)
    {
        retry = null;
        if (text is null) return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        retry = number;
        return true;
    }
}
