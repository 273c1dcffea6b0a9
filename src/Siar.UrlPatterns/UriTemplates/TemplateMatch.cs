namespace Siar.UrlPatterns.UriTemplates;

/// <summary>
/// Matches one text against template parts by keeping the set of all places that the parts so far can end at: linear in the text
/// for every character of the template, whatever both are.
/// </summary>
internal ref struct TemplateMatch
{
    /// <summary>How many sets of places a match needs, for the caller who provides their memory.</summary>
    public const int Sets = CharacterPlaces.Sets + 5;

    private readonly ReadOnlySpan<char> _text;
    private readonly CharacterPlaces _places;
    private readonly Span<ulong> _reached;
    private readonly Span<ulong> _inside;
    private readonly Span<ulong> _later;
    private readonly Span<ulong> _standsAt;
    private readonly Span<ulong> _over;

    public TemplateMatch(ReadOnlySpan<char> text, Span<ulong> memory)
    {
        var words = TopicBits.WordsFor(text.Length);
        _text = text;
        _reached = memory[..words];
        _inside = memory.Slice(words, words);
        _later = memory.Slice(words * 2, words);
        _standsAt = memory.Slice(words * 3, words);
        _over = memory.Slice(words * 4, words);
        _places = new CharacterPlaces(text, memory[(words * 5)..]);
        _reached.Clear();
        TopicBits.Set(_reached, 0);
    }

    /// <summary>Whether the parts so far can end where the text ends.</summary>
    public readonly bool IsAtEnd => TopicBits.Has(_reached, _text.Length);

    /// <summary>Goes on over one part; false when the text cannot match any more.</summary>
    public readonly bool Take(TemplatePart part)
    {
        if (part is TemplateLiteral literal) return TakeLiteral(literal.Text);
        TakeExpression((TemplateExpression)part);
        return true;
    }

    private readonly bool TakeLiteral(string literal)
    {
        var place = TopicBits.Single(_reached);
        if (place >= 0)
        {
            _reached.Clear();
            if (!_text[place..].StartsWith(literal)) return false;
            TopicBits.Set(_reached, place + literal.Length);
            return true;
        }

        foreach (var c in literal)
        {
            if (!Step(_reached, c)) return false;
        }

        return true;
    }

    // The rule: (?: FIRST C* (?: SEPARATOR C* ){0,n-1} )? with any number of repeats when a variable explodes. The question mark is
    // why what was reached before stays reached.
    private readonly void TakeExpression(TemplateExpression expression)
    {
        var op = expression.Operator;
        _reached.CopyTo(_inside);
        if (op.First != '\0' && !Step(_inside, op.First)) return;
        FloodValue(_inside, _places.Of(expression.FirstValue));
        if (expression.MoreValues == int.MaxValue) TakeAnyNumber(expression);
        else TakeUpTo(expression.MoreValues, expression);
        TopicBits.Union(_reached, _inside);
    }

    // Behind the first separator any mix of separators and values may stand, so one flood over both is enough.
    private readonly void TakeAnyNumber(TemplateExpression expression)
    {
        _inside.CopyTo(_later);
        if (!Step(_later, expression.Operator.Separator)) return;
        _places.Of(expression.LaterValue).CopyTo(_over);
        TopicBits.Union(_over, _standsAt);
        FloodValue(_later, _over);
        TopicBits.Union(_inside, _later);
    }

    private readonly void TakeUpTo(int more, TemplateExpression expression)
    {
        _inside.CopyTo(_later);
        for (var i = 0; i < more; i++)
        {
            if (!Step(_later, expression.Operator.Separator)) return;
            FloodValue(_later, _places.Of(expression.LaterValue));
            if (TopicBits.IsWithin(_later, _inside)) return;
            TopicBits.Union(_inside, _later);
        }
    }

    private readonly bool Step(Span<ulong> set, char c)
    {
        TopicBits.PlacesOf(c, _text, _standsAt);
        return TopicBits.Step(set, _standsAt);
    }

    private readonly void FloodValue(Span<ulong> set, ReadOnlySpan<ulong> over)
    {
        TopicBits.Flood(set, over);
        for (var i = 0; i < set.Length; i++) set[i] &= ~_places.InTriplet[i];
    }
}

/// <summary>Where in a topic the characters stand that a template's values may hold.</summary>
internal readonly ref struct CharacterPlaces
{
    /// <summary>How many sets of places this holds, for the caller who provides their memory.</summary>
    public const int Sets = 4;

    private const byte IsUnreserved = 1;
    private const byte IsReserved = 2;
    private const byte IsComma = 4;
    private const byte IsEquals = 8;

    private static readonly byte[] Kinds = MakeKinds();

    private readonly ReadOnlySpan<ulong> _plain;
    private readonly ReadOnlySpan<ulong> _withEquals;
    private readonly ReadOnlySpan<ulong> _withReserved;

    public CharacterPlaces(ReadOnlySpan<char> topic, Span<ulong> memory)
    {
        var words = TopicBits.WordsFor(topic.Length);
        var plain = memory[..words];
        var withEquals = memory.Slice(words, words);
        var withReserved = memory.Slice(words * 2, words);
        var inTriplet = memory.Slice(words * 3, words);
        memory[..(words * Sets)].Clear();
        for (var i = 0; i < topic.Length; i++)
        {
            var c = topic[i];
            var kind = c < Kinds.Length ? Kinds[c] : 0;
            if (c == '%' && UriTemplateParser.IsTriplet(topic, i))
            {
                kind = IsUnreserved;
                TopicBits.Set(inTriplet, i + 1);
                TopicBits.Set(inTriplet, i + 2);
            }

            if ((kind & (IsUnreserved | IsComma)) != 0) TopicBits.Set(plain, i);
            if ((kind & (IsUnreserved | IsComma | IsEquals)) != 0) TopicBits.Set(withEquals, i);
            if ((kind & (IsUnreserved | IsReserved)) != 0) TopicBits.Set(withReserved, i);
        }

        _plain = plain;
        _withEquals = withEquals;
        _withReserved = withReserved;
        InTriplet = inTriplet;
    }

    /// <summary>The second and third places of percent-encoded triplets: a value ends before or behind a triplet, never inside.</summary>
    public ReadOnlySpan<ulong> InTriplet { get; }

    public ReadOnlySpan<ulong> Of(ValueCharacters characters) => characters switch
    {
        ValueCharacters.WithReserved => _withReserved,
        ValueCharacters.WithEquals => _withEquals,
        _ => _plain,
    };

    // RFC 3986, sections 2.2 and 2.3.
    private static byte[] MakeKinds()
    {
        var kinds = new byte[128];
        foreach (var c in ":/?#[]@!$&'()*+,;=") kinds[c] = IsReserved;
        for (var c = '\0'; c < kinds.Length; c++)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~') kinds[c] = IsUnreserved;
        }

        kinds[','] |= IsComma;
        kinds['='] |= IsEquals;
        return kinds;
    }
}
