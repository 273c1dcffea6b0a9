namespace Siar.UrlPatterns.Patterns;

/// <summary>The kinds of part (standard, 2.1.3).</summary>
internal enum PartType
{
    FixedText,
    Regexp,
    SegmentWildcard,
    FullWildcard,
}

/// <summary>How often a part may come.</summary>
internal enum PartModifier
{
    None,
    Optional,
    ZeroOrMore,
    OneOrMore,
}

/// <summary>A piece of a pattern: fixed text, or a group with the text that belongs to it.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Value">The fixed text, or the regular expression.</param>
/// <param name="Modifier">How often it may come.</param>
/// <param name="Name">The group's name; empty for fixed text.</param>
/// <param name="Prefix">The text before the group.</param>
/// <param name="Suffix">The text after the group.</param>
internal sealed record Part(PartType Type, string Value, PartModifier Modifier, string Name = "", string Prefix = "", string Suffix = "")
{
    /// <summary>Whether the group was given a name and not numbered.</summary>
    public bool HasCustomName => Name.Length > 0 && !char.IsAsciiDigit(Name[0]);

    public bool HasAffixes => Prefix.Length > 0 || Suffix.Length > 0;

    /// <summary>The modifier as it is written.</summary>
    public string ModifierText => Modifier switch
    {
        PartModifier.Optional => "?",
        PartModifier.ZeroOrMore => "*",
        PartModifier.OneOrMore => "+",
        _ => "",
    };
}
