namespace Siar.Tool;

/// <summary>What is written to the log, and how.</summary>
internal static class LogSettings
{
    private static readonly (string Name, LogLevel Level)[] Levels =
    [
        ("trace", LogLevel.Trace), ("debug", LogLevel.Debug), ("information", LogLevel.Information), ("warning", LogLevel.Warning),
        ("error", LogLevel.Error), ("critical", LogLevel.Critical), ("none", LogLevel.None),
    ];

    private static readonly (string Name, LogFormat Format)[] Formats = [("text", LogFormat.Text), ("json", LogFormat.Json), ("journald", LogFormat.Journald)];

    public static IReadOnlyList<Setting> All { get; } =
    [
        new("log.levels", (s, v) => s.LogLevels = ToLevels(v), s => SettingCatalogue.Array(s.LogLevels.Select(Show))) { IsList = true, Reloads = true },
        new("log.format", (s, v) => s.LogFormat = ToFormat(v), s => Formats.First(f => f.Format == s.LogFormat).Name),
        new("log.access", (s, v) => s.Siar.AccessLog = v.ToFlag(), s => s.Siar.AccessLog) { Reloads = true },
    ];

    private static LogFormat ToFormat(SettingValue value) => Formats.FirstOrDefault(f => f.Name == value.Text) is { Name: not null } found
        ? found.Format
        : throw value.Wrong($"'{value.Text}' is not a form of the log: write text, json or journald");

    private static Dictionary<string, LogLevel> ToLevels(SettingValue value)
    {
        var levels = new Dictionary<string, LogLevel>(StringComparer.OrdinalIgnoreCase);
        foreach (var each in value.Each())
        {
            var equals = each.Text.IndexOf('=', StringComparison.Ordinal);
            levels[equals < 0 ? "" : each.Text[..equals].Trim()] = ToLevel(each, each.Text[(equals + 1)..].Trim());
        }

        return levels;
    }

    private static LogLevel ToLevel(SettingValue value, string name) => Levels.FirstOrDefault(l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Name: not null } found
        ? found.Level
        : throw value.Wrong($"'{name}' is not a level: write {string.Join(", ", Levels.SkipLast(1).Select(l => l.Name))} or {Levels[^1].Name}, alone or behind a category, as in Siar.AspNetCore=debug");

    private static string Show(KeyValuePair<string, LogLevel> of)
    {
        var name = Levels.First(l => l.Level == of.Value).Name;
        return of.Key.Length == 0 ? name : $"{of.Key}={name}";
    }
}

/// <summary>The form in which the log is written.</summary>
internal enum LogFormat
{
    /// <summary>Lines for people, each with its time.</summary>
    Text,

    /// <summary>An object a line.</summary>
    Json,

    /// <summary>Lines that begin with their priority, which systemd's journal reads; it knows the time itself.</summary>
    Journald,
}
