using System.Globalization;

namespace Siar.Tool;

/// <summary>What somebody set, as text, and where, so that a wrong value can be named to them.</summary>
/// <param name="Origin">The flag, the variable, or the file and the name in it.</param>
/// <param name="Texts">The values: one, or several where the setting is a list.</param>
internal sealed record SettingValue(string Origin, IReadOnlyList<string> Texts)
{
    /// <summary>How a limit that there is not is written.</summary>
    public const string None = "none";

    private static readonly (string Unit, double Seconds)[] DurationUnits = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)];

    public SettingValue(string origin, string text)
        : this(origin, [text])
    {
    }

    /// <summary>The one text.</summary>
    public string Text => Texts.Count == 1 ? Texts[0] : throw Wrong("takes one value, and was given several");

    /// <summary>Each of the texts by itself.</summary>
    public IEnumerable<SettingValue> Each() => Texts.Select(t => new SettingValue(Origin, t));

    /// <summary>Whether the value says that there is no limit.</summary>
    public bool IsNone => Text == None;

    public bool ToFlag() => Text switch
    {
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw Wrong($"'{Text}' is neither true nor false"),
    };

    public long ToCount() => long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw Wrong($"'{Text}' is not a whole number");

    /// <summary>A whole number within a range.</summary>
    public int ToNumber(int least, int most) => ToCount() is var count && count >= least && count <= most ? (int)count : throw Wrong($"'{Text}' is not from {least} to {most}");

    /// <summary>A number with its unit, as in <c>15s</c>; nothing is taken for a unit that is not there, except of zero.</summary>
    public TimeSpan ToDuration()
    {
        if (Text == "0") return TimeSpan.Zero;
        foreach (var (unit, seconds) in DurationUnits)
        {
            if (Number(unit) is { } number && number * seconds < TimeSpan.MaxValue.TotalSeconds) return TimeSpan.FromSeconds(number * seconds);
        }

        throw Wrong($"'{Text}' is not a duration: write a number and its unit (ms, s, m, h or d), such as 15s");
    }

    /// <summary>The mode of a file, in octal digits, as chmod takes it.</summary>
    public UnixFileMode ToFileMode()
    {
        var digits = Text.TrimStart('0');
        if (Text.Length > 0 && digits.Length <= 3 && digits.All(c => c is >= '0' and <= '7')) return (UnixFileMode)(digits.Length == 0 ? 0 : Convert.ToInt32(digits, 8));
        throw Wrong($"'{Text}' is not the mode of a file: write it in octal digits from 0 to 777, such as 660");
    }

    /// <summary>Bytes, with or without a unit.</summary>
    public long ToSize()
    {
        if (long.TryParse(Text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) return bytes;
        foreach (var (unit, size) in SizeUnits)
        {
            if (Number(unit) is { } number && number * size < long.MaxValue) return (long)(number * size);
        }

        throw Wrong($"'{Text}' is not a size: write bytes, or a number and its unit (KiB, MiB, GiB), such as 64MiB");
    }

    /// <summary>An error that names where the value came from.</summary>
    public SettingException Wrong(string what) => new($"{Origin}: {what}.");

    private double? Number(string unit) =>
        Text.EndsWith(unit, StringComparison.Ordinal)
        && double.TryParse(Text.AsSpan(0, Text.Length - unit.Length).TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
