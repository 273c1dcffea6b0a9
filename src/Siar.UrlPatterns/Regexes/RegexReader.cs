namespace Siar.UrlPatterns.Regexes;

/// <summary>Reads the text of a regular expression, and counts how deep its groups and classes nest.</summary>
internal sealed class RegexReader(string text)
{
    private const int MaxDepth = 64;

    private int _at;
    private int _depth;

    public bool AtEnd => _at == text.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    public bool StartsWith(string expected) => text.AsSpan(_at).StartsWith(expected, StringComparison.Ordinal);

    public char Next() => AtEnd ? throw Error("ends too soon") : text[_at++];

    public bool TryTake(string expected)
    {
        if (!StartsWith(expected)) return false;
        _at += expected.Length;
        return true;
    }

    public void Require(string expected)
    {
        if (!TryTake(expected)) throw Error($"lacks '{expected}'");
    }

    public string TakeWhile(Func<char, bool> accepts)
    {
        var start = _at;
        while (!AtEnd && accepts(text[_at])) _at++;
        return text[start.._at];
    }

    public void Enter()
    {
        if (++_depth > MaxDepth) throw Error($"nests deeper than {MaxDepth} groups: write it flatter");
    }

    public void Leave() => _depth--;

    public UrlPatternException Error(string what) => new($"the regular expression '{UrlPatternException.Excerpt(text)}' {what}, at character {_at}");
}
