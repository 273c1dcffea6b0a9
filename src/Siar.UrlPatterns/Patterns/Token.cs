namespace Siar.UrlPatterns.Patterns;

/// <summary>The kinds of token (standard, 2.1.1).</summary>
internal enum TokenType
{
    Open,
    Close,
    Regexp,
    Name,
    Char,
    EscapedChar,
    OtherModifier,
    Asterisk,
    End,
    InvalidChar,
}

/// <summary>One token of a pattern string.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Index">Where it begins in the pattern.</param>
/// <param name="Value">Its text, without what only marks its kind.</param>
internal readonly record struct Token(TokenType Type, int Index, string Value);
