namespace Siar.UrlPatterns.UriTemplates;

/// <summary>A piece of a URI Template: literal text or an expression.</summary>
internal abstract record TemplatePart;

/// <summary>Text that stands for itself.</summary>
internal sealed record TemplateLiteral(string Text) : TemplatePart;

/// <summary>An expression, as far as matching looks at it: variable names and prefix lengths are not checked.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Variables">How many variables are named.</param>
/// <param name="FirstExplodes">Whether the first variable has the explode modifier (<c>*</c>).</param>
/// <param name="AnyExplodes">Whether any variable has it.</param>
internal sealed record TemplateExpression(TemplateOperator Operator, int Variables, bool FirstExplodes, bool AnyExplodes) : TemplatePart
{
    /// <summary>How many more values may follow the first; <see cref="int.MaxValue"/> for any number.</summary>
    public int MoreValues { get; } = AnyExplodes ? int.MaxValue : Variables - 1;

    /// <summary>What the first value may hold. The rule: <c>=</c> belongs to it with a named operator or when the first variable explodes.</summary>
    public ValueCharacters FirstValue { get; } = CharactersOf(Operator, FirstExplodes);

    /// <summary>What a further value may hold. The rule: <c>=</c> belongs to it with a named operator or when any variable explodes.</summary>
    public ValueCharacters LaterValue { get; } = CharactersOf(Operator, AnyExplodes);

    private static ValueCharacters CharactersOf(TemplateOperator op, bool explodes) =>
        op.Reserved ? ValueCharacters.WithReserved
        : op.Named || explodes ? ValueCharacters.WithEquals
        : ValueCharacters.Plain;
}

/// <summary>Which characters a value may hold, besides percent-encoded ones.</summary>
internal enum ValueCharacters
{
    /// <summary>Unreserved and <c>,</c>.</summary>
    Plain,

    /// <summary>Unreserved, <c>,</c> and <c>=</c>.</summary>
    WithEquals,

    /// <summary>Unreserved and reserved.</summary>
    WithReserved,
}

/// <summary>What an expression's operator stands for (RFC 6570, appendix A).</summary>
/// <param name="First">The character before the first value; 0 for none.</param>
/// <param name="Separator">The character between values.</param>
/// <param name="Named">Whether values are written with their names (<c>name=value</c>).</param>
/// <param name="Reserved">Whether values may hold reserved characters.</param>
internal sealed record TemplateOperator(char First, char Separator, bool Named, bool Reserved)
{
    public static TemplateOperator Simple { get; } = new('\0', ',', Named: false, Reserved: false);

    /// <summary>The operator that a character after <c>{</c> means; null when it is none.</summary>
    public static TemplateOperator? Of(char c) => c switch
    {
        '+' => new('\0', ',', Named: false, Reserved: true),
        '#' => new('#', ',', Named: false, Reserved: true),
        '.' => new('.', '.', Named: false, Reserved: false),
        '/' => new('/', '/', Named: false, Reserved: false),
        ';' => new(';', ';', Named: true, Reserved: false),
        '?' => new('?', '&', Named: true, Reserved: false),
        '&' => new('&', '&', Named: true, Reserved: false),
        _ => null,
    };
}
