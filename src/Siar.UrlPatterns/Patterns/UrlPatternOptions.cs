namespace Siar.UrlPatterns;

/// <summary>How a URL Pattern is made and what it may cost.</summary>
public sealed record UrlPatternOptions
{
    /// <summary>The defaults of every option.</summary>
    public static UrlPatternOptions Default { get; } = new();

    /// <summary>Whether path, search and hash match in any case. Default: no. The host never minds case, since it is kept in lower case.</summary>
    public bool IgnoreCase { get; init; }

    /// <summary>The most bytes of UTF-8 that the pattern may have, all components together. Default: 4,096, as the Mercure hub has it.</summary>
    public int MaxBytes { get; init; } = 4_096;

    /// <summary>
    /// The most states that the compiled pattern may have, all components together: what one character of a URL costs at worst.
    /// Default: 8,192, which every pattern within the default length has unless it repeats with counts.
    /// </summary>
    public int MaxStates { get; init; } = 8_192;
}
