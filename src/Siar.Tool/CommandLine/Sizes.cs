using System.Globalization;

namespace Siar.Tool;

/// <summary>Sizes for people.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["KiB", "MiB", "GiB", "TiB"];

    public static string Of(long bytes)
    {
        if (bytes < 1_024) return $"{bytes} bytes";
        double size = bytes;
        var unit = -1;
        while (size >= 1_024 && unit < Units.Length - 1)
        {
            size /= 1_024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:F1} {Units[unit]}");
    }
}
