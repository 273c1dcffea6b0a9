using System.Collections.Frozen;

namespace Siar.UrlPatterns.Regexes;

/// <summary>
/// The properties that <c>\p{…}</c> may name (ECMA-262, tables 67 to 70; Unicode 17), each by its ASCII members: no others can stand in a URL's component.
/// </summary>
internal static class UnicodeProperties
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digit = "0123456789";

    private static readonly string OfStrings =
        "Basic_Emoji Emoji_Keycap_Sequence RGI_Emoji RGI_Emoji_Modifier_Sequence RGI_Emoji_Flag_Sequence "
        + "RGI_Emoji_Tag_Sequence RGI_Emoji_ZWJ_Sequence";

    private static readonly Dictionary<string, AsciiSet> Binary = Table(
        ("Any ASCII Assigned", AsciiSet.All),
        ("AHex ASCII_Hex_Digit Hex Hex_Digit", AsciiSet.Of(Digit + "ABCDEFabcdef")),
        ("Alpha Alphabetic Cased CWCM Changes_When_Casemapped IDS ID_Start XIDS XID_Start", AsciiSet.Letters),
        ("IDC ID_Continue XIDC XID_Continue", AsciiSet.WordCharacters),
        ("CWCF Changes_When_Casefolded CWKCF Changes_When_NFKC_Casefolded CWL Changes_When_Lowercased Upper Uppercase", AsciiSet.Of(Upper)),
        ("CWT Changes_When_Titlecased CWU Changes_When_Uppercased Lower Lowercase", AsciiSet.Of(Lower)),
        ("Bidi_M Bidi_Mirrored", AsciiSet.Of("()<>[]{}")),
        ("CI Case_Ignorable", AsciiSet.Of("'.:^`")),
        ("Dash", AsciiSet.Of("-")),
        ("Dia Diacritic", AsciiSet.Of("^`")),
        ("EComp Emoji_Component Emoji", AsciiSet.Of("#*" + Digit)),
        ("Gr_Base Grapheme_Base", AsciiSet.Range(' ', '~')),
        ("Math", AsciiSet.Of("+<=>^|~")),
        ("Pat_Syn Pattern_Syntax", AsciiSet.Range('!', '~') & ~AsciiSet.WordCharacters),
        ("Pat_WS Pattern_White_Space WSpace White_Space space", AsciiSet.WhiteSpace),
        ("QMark Quotation_Mark", AsciiSet.Of("\"'")),
        ("SD Soft_Dotted", AsciiSet.Of("ij")),
        ("STerm Sentence_Terminal", AsciiSet.Of("!.?")),
        ("Term Terminal_Punctuation", AsciiSet.Of("!,.:;?")),
        ("Bidi_C Bidi_Control Dep Deprecated DI Default_Ignorable_Code_Point EBase Emoji_Modifier_Base EMod Emoji_Modifier EPres Emoji_Presentation "
            + "Ext Extender ExtPict Extended_Pictographic Gr_Ext Grapheme_Extend Ideo Ideographic IDSB IDS_Binary_Operator IDST IDS_Trinary_Operator "
            + "Join_C Join_Control LOE Logical_Order_Exception NChar Noncharacter_Code_Point Radical RI Regional_Indicator UIdeo Unified_Ideograph "
            + "VS Variation_Selector", AsciiSet.None),
        (OfStrings, AsciiSet.None));

    private static readonly Dictionary<string, AsciiSet> Category = Table(
        ("L Letter LC Cased_Letter", AsciiSet.Letters),
        ("Ll Lowercase_Letter", AsciiSet.Of(Lower)),
        ("Lu Uppercase_Letter", AsciiSet.Of(Upper)),
        ("N Number Nd Decimal_Number digit", AsciiSet.Digits),
        ("C Other Cc Control cntrl", AsciiSet.Range(0, 0x1F) | AsciiSet.Range(0x7F, 0x7F)),
        ("P Punctuation punct", AsciiSet.Of("!\"#%&'()*,-./:;?@[\\]_{}")),
        ("Pc Connector_Punctuation", AsciiSet.Of("_")),
        ("Pd Dash_Punctuation", AsciiSet.Of("-")),
        ("Ps Open_Punctuation", AsciiSet.Of("([{")),
        ("Pe Close_Punctuation", AsciiSet.Of(")]}")),
        ("Po Other_Punctuation", AsciiSet.Of("!\"#%&'*,./:;?@\\")),
        ("S Symbol", AsciiSet.Of("$+<=>^`|~")),
        ("Sc Currency_Symbol", AsciiSet.Of("$")),
        ("Sk Modifier_Symbol", AsciiSet.Of("^`")),
        ("Sm Math_Symbol", AsciiSet.Of("+<=>|~")),
        ("Z Separator Zs Space_Separator", AsciiSet.Of(" ")),
        ("Cf Format Cn Unassigned Co Private_Use Cs Surrogate Lm Modifier_Letter Lo Other_Letter Lt Titlecase_Letter M Mark Combining_Mark "
            + "Mc Spacing_Mark Me Enclosing_Mark Mn Nonspacing_Mark Nl Letter_Number No Other_Number Pf Final_Punctuation Pi Initial_Punctuation "
            + "So Other_Symbol Zl Line_Separator Zp Paragraph_Separator", AsciiSet.None));

    // The scripts without an ASCII character, by their long and short names.
    private static readonly FrozenSet<string> OtherScripts = (
        "Adlam Adlm Aghb Ahom Anatolian_Hieroglyphs Arab Arabic Armenian Armi Armn Avestan Avst Bali Balinese Bamu Bamum Bass "
        + "Bassa_Vah Batak Batk Beng Bengali Berf Beria_Erfe Bhaiksuki Bhks Bopo Bopomofo Brah Brahmi Brai Braille Bugi Buginese "
        + "Buhd Buhid Cakm Canadian_Aboriginal Cans Cari Carian Caucasian_Albanian Chakma Cham Cher Cherokee Chorasmian Chrs Copt "
        + "Coptic Cpmn Cprt Cuneiform Cypriot Cypro_Minoan Cyrillic Cyrl Deseret Deva Devanagari Diak Dives_Akuru Dogr Dogra Dsrt "
        + "Dupl Duployan Egyp Egyptian_Hieroglyphs Elba Elbasan Elym Elymaic Ethi Ethiopic Gara Garay Geor Georgian Glag "
        + "Glagolitic Gong Gonm Goth Gothic Gran Grantha Greek Grek Gujarati Gujr Gukh Gunjala_Gondi Gurmukhi Guru Gurung_Khema "
        + "Han Hang Hangul Hani Hanifi_Rohingya Hano Hanunoo Hatr Hatran Hebr Hebrew Hira Hiragana Hluw Hmng Hmnp Hung "
        + "Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Ital Java Javanese Kaithi Kali Kana Kannada "
        + "Katakana Kawi Kayah_Li Khar Kharoshthi Khitan_Small_Script Khmer Khmr Khoj Khojki Khudawadi Kirat_Rai Kits Knda Krai "
        + "Kthi Lana Lao Laoo Lepc Lepcha Limb Limbu Lina Linb Linear_A Linear_B Lisu Lyci Lycian Lydi Lydian Mahajani Mahj Maka "
        + "Makasar Malayalam Mand Mandaic Mani Manichaean Marc Marchen Masaram_Gondi Medefaidrin Medf Meetei_Mayek Mend "
        + "Mende_Kikakui Merc Mero Meroitic_Cursive Meroitic_Hieroglyphs Miao Mlym Modi Mong Mongolian Mro Mroo Mtei Mult Multani "
        + "Myanmar Mymr Nabataean Nag_Mundari Nagm Nand Nandinagari Narb Nbat New_Tai_Lue Newa Nko Nkoo Nshu Nushu "
        + "Nyiakeng_Puachue_Hmong Ogam Ogham Ol_Chiki Ol_Onal Olck Old_Hungarian Old_Italic Old_North_Arabian Old_Permic "
        + "Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Onao Oriya Orkh Orya Osage Osge Osma Osmanya Ougr "
        + "Pahawh_Hmong Palm Palmyrene Pau_Cin_Hau Pauc Perm Phag Phags_Pa Phli Phlp Phnx Phoenician Plrd Prti Psalter_Pahlavi "
        + "Qaac Qaai Rejang Rjng Rohg Runic Runr Samaritan Samr Sarb Saur Saurashtra Sgnw Sharada Shavian Shaw Shrd Sidd Siddham "
        + "Sidetic Sidt SignWriting Sind Sinh Sinhala Sogd Sogdian Sogo Sora Sora_Sompeng Soyo Soyombo Sund Sundanese Sunu "
        + "Sunuwar Sylo Syloti_Nagri Syrc Syriac Tagalog Tagb Tagbanwa Tai_Le Tai_Tham Tai_Viet Tai_Yo Takr Takri Tale Talu Tamil "
        + "Taml Tang Tangsa Tangut Tavt Tayo Telu Telugu Tfng Tglg Thaa Thaana Thai Tibetan Tibt Tifinagh Tirh Tirhuta Tnsa "
        + "Todhri Todr Tolong_Siki Tols Toto Tulu_Tigalari Tutg Ugar Ugaritic Unknown Vai Vaii Vith Vithkuqi Wancho Wara "
        + "Warang_Citi Wcho Xpeo Xsux Yezi Yezidi Yi Yiii Zanabazar_Square Zanb Zinh Zzzz").Split(' ').ToFrozenSet();

    /// <summary>The ASCII members of the property, written <c>Name</c> or <c>Name=Value</c>; null when there is no such property.</summary>
    public static AsciiSet? Find(string expression)
    {
        var equals = expression.IndexOf('=');
        if (equals < 0) return Look(Binary, expression) ?? Look(Category, expression);
        var value = expression[(equals + 1)..];
        return expression[..equals] switch
        {
            "General_Category" or "gc" => Look(Category, value),
            "Script" or "sc" or "Script_Extensions" or "scx" => Script(value),
            _ => null,
        };
    }

    /// <summary>Whether the property is one of strings, none of which is ASCII.</summary>
    public static bool IsOfStrings(string name) => OfStrings.Split(' ').Contains(name);

    private static AsciiSet? Script(string name) => name switch
    {
        "Latin" or "Latn" => AsciiSet.Letters,
        "Common" or "Zyyy" => ~AsciiSet.Letters,
        _ => OtherScripts.Contains(name) ? AsciiSet.None : null,
    };

    private static AsciiSet? Look(Dictionary<string, AsciiSet> table, string name) => table.TryGetValue(name, out var set) ? set : null;

    private static Dictionary<string, AsciiSet> Table(params ReadOnlySpan<(string Names, AsciiSet Set)> rows)
    {
        var table = new Dictionary<string, AsciiSet>();
        foreach (var (names, set) in rows)
        {
            foreach (var name in names.Split(' ')) table.Add(name, set);
        }

        return table;
    }
}
