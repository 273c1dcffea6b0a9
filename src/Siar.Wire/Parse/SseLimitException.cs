namespace Siar.Wire;

/// <summary>A stream went over one of the parser's limits. What came before was reported; the parser must be reset before it is fed again.</summary>
public sealed class SseLimitException : FormatException
{
    internal SseLimitException(SseLimit limit, int maximum)
        : base(limit switch
        {
            SseLimit.LineTooLong => $"The event stream has a line of more than {maximum} bytes: raise {nameof(SseParserOptions.MaxLineBytes)} if the server means it.",
            SseLimit.EventTooLong => $"The event stream has an event with more than {maximum} bytes of data: raise {nameof(SseParserOptions.MaxEventBytes)} if the server means it.",
            _ => $"The event stream has an id of more than {maximum} bytes: raise {nameof(SseParserOptions.MaxIdBytes)} if the server means it.",
        })
    {
        Limit = limit;
        Maximum = maximum;
    }

    /// <summary>Which limit it was.</summary>
    public SseLimit Limit { get; }

    /// <summary>The limit, in bytes.</summary>
    public int Maximum { get; }
}
