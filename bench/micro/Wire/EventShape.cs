namespace Siar.Bench.Micro.Wire;

/// <summary>The kinds of event that streams are made of in practice.</summary>
public enum EventShape
{
    /// <summary>A word of a language model's answer: one short line and nothing else.</summary>
    Token,

    /// <summary>A type, an id and 100 bytes of JSON.</summary>
    Small,

    /// <summary>An id and twenty lines of 60 bytes.</summary>
    Lines,

    /// <summary>An id and one line of 64 KiB.</summary>
    Large,
}
