namespace Siar.UrlPatterns.UriTemplates;

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
