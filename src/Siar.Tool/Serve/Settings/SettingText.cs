namespace Siar.Tool;

/// <summary>Writes values the way that <see cref="SettingValue"/> reads them.</summary>
internal static class SettingText
{
    public static string Of(TimeSpan duration) => duration.Ticks switch
    {
        0 => "0s",
        var t when t % TimeSpan.TicksPerDay == 0 => $"{t / TimeSpan.TicksPerDay}d",
        var t when t % TimeSpan.TicksPerHour == 0 => $"{t / TimeSpan.TicksPerHour}h",
        var t when t % TimeSpan.TicksPerMinute == 0 => $"{t / TimeSpan.TicksPerMinute}m",
        var t when t % TimeSpan.TicksPerSecond == 0 => $"{t / TimeSpan.TicksPerSecond}s",
        var t => $"{t / (double)TimeSpan.TicksPerMillisecond}ms",
    };

    public static string Of(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');
}
