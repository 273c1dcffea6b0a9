using System.ComponentModel.DataAnnotations;

namespace Siar.Hub;

/// <summary>Bounds a duration in seconds; the framework's own attribute would parse text by reflection.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class DurationRangeAttribute(double fromSeconds, double toSeconds) : ValidationAttribute
{
    /// <inheritdoc />
    public override bool IsValid(object? value) => value is TimeSpan span && span.TotalSeconds >= fromSeconds && span.TotalSeconds <= toSeconds;

    /// <inheritdoc />
    public override string FormatErrorMessage(string name) => $"{name} must be from {fromSeconds} s to {toSeconds} s.";
}
