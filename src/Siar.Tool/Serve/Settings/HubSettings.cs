using Siar.AspNetCore;
using Siar.Hub;

namespace Siar.Tool;

/// <summary>The options of the hub, of its limits and of its doors.</summary>
internal static class HubSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. OptionSettings.Of(typeof(HubOptions).GetProperties(), "", s => s.Siar.Hub),
        .. OptionSettings.Of(typeof(LimitOptions).GetProperties(), "limits.", s => s.Siar.Hub.Limits),
        .. OptionSettings.Of(typeof(SiarOptions).GetProperties(), "events.", s => s.Siar),
    ];
}
