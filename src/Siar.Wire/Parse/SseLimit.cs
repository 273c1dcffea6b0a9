namespace Siar.Wire;

/// <summary>A limit of <see cref="SseParserOptions"/> that a stream can go over.</summary>
public enum SseLimit
{
    /// <summary>A line is longer than <see cref="SseParserOptions.MaxLineBytes"/>.</summary>
    LineTooLong,

    /// <summary>An event's data is longer than <see cref="SseParserOptions.MaxEventBytes"/>.</summary>
    EventTooLong,

    /// <summary>An id is longer than <see cref="SseParserOptions.MaxIdBytes"/>.</summary>
    IdTooLong,
}
