namespace Siar.UrlPatterns.UriTemplates;

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
            if (c == '%' && TemplateCharacters.IsTriplet(topic, i))
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
