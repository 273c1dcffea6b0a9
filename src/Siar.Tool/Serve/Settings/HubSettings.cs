using Siar.AspNetCore;
using Siar.Hub;

namespace Siar.Tool;

/// <summary>The options of the hub, of its limits and of its doors.</summary>
internal static class HubSettings
{
    // The hub asks for these each time when it needs them.
    private static readonly string[] Reloading = [nameof(HubOptions.KeepAlive), nameof(HubOptions.MaxLifetime), nameof(HubOptions.ReconnectDelay), nameof(HubOptions.IdempotencyLifetime)];

    // What the log was opened with.
    private static readonly string[] OfLog = [nameof(LimitOptions.IdempotencyKeys), nameof(LimitOptions.ClosedTopics), nameof(LimitOptions.TrimmedTopics)];

    public static IReadOnlyList<Setting> All { get; } =
    [
        .. OptionSettings.Of(typeof(HubOptions).GetProperties(), "", s => s.Siar.Hub, Reloading.Contains),
        .. OptionSettings.Of(typeof(LimitOptions).GetProperties(), "limits.", s => s.Siar.Hub.Limits, name => !OfLog.Contains(name)),
        .. OptionSettings.Of(typeof(SiarOptions).GetProperties(), "events.", s => s.Siar, _ => true),
    ];
}
