using System.Runtime.CompilerServices;

namespace Siar.Auth;

/// <summary>Holds a setting to its range where it is set, with a sentence that names it.</summary>
internal static class SettingRange
{
    public static T Check<T>(T value, T min, T max, [CallerMemberName] string name = "")
        where T : IComparable<T> =>
        value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0 ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from {min} to {max}.");
}
