namespace Siar.Wire;

/// <summary>
/// What a parser accepts. A stream may be hostile or broken, so memory has a bound: a parser holds at most a line, an event and two ids of
/// these lengths. Immutable.
/// </summary>
public sealed class SseParserOptions
{
    /// <summary>The limits when none are given.</summary>
    public static SseParserOptions Default { get; } = new();

    /// <summary>The longest line, in bytes without its end, whatever it holds; 1 to <see cref="Array.MaxLength"/>. The default is 16 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxLineBytes { get; init => field = InRange(value, nameof(MaxLineBytes)); } = 16 << 20;

    /// <summary>The most data of one event, in bytes, with a byte between two lines; 1 to <see cref="Array.MaxLength"/>. The default is 16 MiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxEventBytes { get; init => field = InRange(value, nameof(MaxEventBytes)); } = 16 << 20;

    /// <summary>
    /// The longest id, in bytes; 1 to <see cref="Array.MaxLength"/>. The default is 4 KiB: it must come back in a request's header, and
    /// servers commonly stop at 8 KiB for all headers together.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxIdBytes { get; init => field = InRange(value, nameof(MaxIdBytes)); } = 4 << 10;

    private static int InRange(int value, string name) => value >= 1 && value <= Array.MaxLength
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 1 to {Array.MaxLength} bytes.");
}
