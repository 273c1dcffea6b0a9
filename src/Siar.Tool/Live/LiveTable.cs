using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Siar.Tool;

/// <summary>Shows figures of a hub as a table for people.</summary>
internal sealed class LiveTable
{
    private readonly string _list;
    private readonly string _total;
    private readonly string _what;
    private readonly (string Title, Func<JsonObject, DateTimeOffset, string> Of, bool IsNumber)[] _columns;

    private LiveTable(string list, string total, string what, params (string Title, Func<JsonObject, DateTimeOffset, string> Of, bool IsNumber)[] columns) =>
        (_list, _total, _what, _columns) = (list, total, what, columns);

    /// <summary>The most active topics.</summary>
    public static LiveTable Topics { get; } = new(
        "topics", "known", "topics",
        ("EVENTS/S", static (t, _) => Number(t, "rate", "0.0"), true),
        ("EVENTS", static (t, _) => Number(t, "events", "N0"), true),
        ("SUBSCRIBERS", static (t, _) => Number(t, "subscribers", "N0"), true),
        ("OLDEST", static (t, now) => Age(t, "oldest", now), true),
        ("NEWEST", static (t, now) => Age(t, "newest", now), true),
        ("TOPIC", static (t, _) => Text(t, "topic"), false));

    /// <summary>The open streams.</summary>
    public static LiveTable Connections { get; } = new(
        "connections", "total", "streams",
        ("NUMBER", static (c, _) => Number(c, "number", "0"), true),
        ("BEHIND", static (c, _) => Number(c, "lag", "N0"), true),
        ("EVENTS", static (c, _) => Number(c, "events", "N0"), true),
        ("SENT", static (c, _) => Sizes.Of((long)(c["bytes"]?.GetValue<double>() ?? 0)), true),
        ("SINCE", static (c, now) => Age(c, "since", now), true),
        ("STATE", static (c, _) => Text(c, "state"), false),
        ("ADDRESS", static (c, _) => Text(c, "address"), false),
        ("READER", static (c, _) => Text(c, "name"), false),
        ("TOPICS", static (c, _) => Matchers(c), false));

    /// <summary>The table of some figures.</summary>
    /// <param name="sample">What the hub tells.</param>
    /// <param name="now">Until when ages count.</param>
    public string Of(JsonObject sample, DateTimeOffset now)
    {
        var rows = (sample[_list] as JsonArray ?? []).OfType<JsonObject>().Select(row => _columns.Select(column => column.Of(row, now)).ToArray()).ToList();
        var widths = _columns.Select((column, i) => rows.Select(r => r[i].Length).Append(column.Title.Length).Max()).ToArray();
        var text = new StringBuilder();
        foreach (var row in rows.Prepend([.. _columns.Select(c => c.Title)]))
            text.AppendJoin("  ", row.Select((cell, i) => _columns[i].IsNumber ? cell.PadLeft(widths[i]) : i == row.Length - 1 ? cell : cell.PadRight(widths[i]))).Append('\n');
        var more = (sample[_total]?.GetValue<long>() ?? 0) - rows.Count;
        if (more > 0) text.Append(CultureInfo.InvariantCulture, $"and {more:N0} more {_what}\n");
        return text.ToString().TrimEnd('\n');
    }

    private static string Number(JsonObject row, string name, string format) => (row[name]?.GetValue<double>() ?? 0).ToString(format, CultureInfo.InvariantCulture);

    private static string Age(JsonObject row, string name, DateTimeOffset now)
    {
        if (row[name] is not { } time) return "-";
        var age = now - DateTimeOffset.FromUnixTimeMilliseconds(time.GetValue<long>());
        return age.TotalSeconds < 60 ? $"{Math.Max(0, (int)age.TotalSeconds)}s" : age.TotalMinutes < 60 ? $"{(int)age.TotalMinutes}m" : age.TotalHours < 48 ? $"{(int)age.TotalHours}h" : $"{(int)age.TotalDays}d";
    }

    // Who publishes chooses topics and who reads chooses matchers: what they hold must not move the cursor of a terminal.
    private static string Text(JsonObject row, string name) => row[name]?.GetValue<string>() is { Length: > 0 } text ? Plain(text) : "-";

    private static string Matchers(JsonObject row)
    {
        var named = string.Join(' ', (row["matchers"] as JsonArray ?? []).OfType<JsonValue>().Select(m => Plain(m.GetValue<string>())));
        return row["moreMatchers"]?.GetValue<int>() is > 0 and var more ? $"{named} and {more} more" : named;
    }

    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
