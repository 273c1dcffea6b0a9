namespace Siar.Tool;

/// <summary>How one connection of a subscription ended.</summary>
/// <param name="ExitCode">What the command answers; null where it is to connect again.</param>
/// <param name="Sentence">Why, for the person.</param>
internal sealed record StreamEnd(int? ExitCode, string Sentence)
{
    /// <summary>How long the hub asks to wait; null where it does not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether there was a stream.</summary>
    public bool WasOpen { get; init; }

    public static StreamEnd Done { get; } = new(Tool.ExitCode.Ok, "");
}
