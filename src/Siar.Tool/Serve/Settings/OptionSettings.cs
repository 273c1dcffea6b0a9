using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace Siar.Tool;

/// <summary>
/// The numbers, sizes and durations of an options class as settings. They are read off the class, so that an option that it gains can be set at once, within the
/// range that the class itself states.
/// </summary>
internal static class OptionSettings
{
    /// <summary>The settings of a class's options.</summary>
    /// <param name="properties">The options.</param>
    /// <param name="prefix">What their names begin with.</param>
    /// <param name="target">Finds the object that has them.</param>
    /// <param name="reloads">Which of them a running hub takes over, by the name of the option. Default: none.</param>
    public static IEnumerable<Setting> Of(PropertyInfo[] properties, string prefix, Func<ServeSettings, object> target, Func<string, bool>? reloads = null) =>
        from property in properties
        where property.CanWrite && (property.PropertyType == typeof(TimeSpan) || property.PropertyType == typeof(int) || property.PropertyType == typeof(long))
        select Of(property, prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name), target) with { Reloads = reloads?.Invoke(property.Name) ?? false };

    private static Setting Of(PropertyInfo property, string name, Func<ServeSettings, object> target) => new(
        name,
        (settings, value) => property.SetValue(target(settings), Convert(property, name, value)),
        settings => property.GetValue(target(settings)) switch
        {
            TimeSpan duration => SettingText.Of(duration),
            int number => number,
            var number => (long)number!,
        });

    private static object Convert(PropertyInfo property, string name, SettingValue value)
    {
        if (property.PropertyType == typeof(TimeSpan)) return InRange(property, name, value, value.ToDuration());
        var number = property.Name.EndsWith("Bytes", StringComparison.Ordinal) ? value.ToSize() : value.ToCount();
        if (property.PropertyType == typeof(long)) return InRange(property, name, value, number);
        if (number is < int.MinValue or > int.MaxValue) throw value.Wrong($"{number} is more than {name} can be");
        return InRange(property, name, value, (int)number);
    }

    private static object InRange(PropertyInfo property, string name, SettingValue origin, object converted)
    {
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (rule.IsValid(converted)) continue;
            var range = rule is RangeAttribute { Minimum: var least, Maximum: var most } ? $"{name} must be from {least} to {most}" : rule.FormatErrorMessage(name).TrimEnd('.');
            throw origin.Wrong($"'{origin.Text}' is out of range: {range}");
        }

        return converted;
    }
}
