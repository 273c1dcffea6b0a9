using System.Globalization;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Reads what a reader without a cursor wants first: <c>last=N</c>, or <c>snapshot=on</c>.</summary>
internal static class PreludeReader
{
    public static Refusal? Read(QueryFields query, LimitOptions limits, out int? last, out bool snapshot)
    {
        last = null;
        snapshot = false;
        if ((query.One("last", out var text) ?? query.Switch("snapshot", out snapshot)) is { } refusal) return refusal;
        if (text is null) return null;
        if (snapshot) return Refusal.Invalid("The query has both 'last' and 'snapshot': choose one.");
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            return Refusal.Invalid($"The field 'last' in the query is not a whole number from 1 to {limits.LastEvents}.");
        if (number > limits.LastEvents) return Refusal.TooLarge($"The request asks for the last {number} events of each topic; at most {limits.LastEvents} are given.");
        last = number;
        return null;
    }
}
