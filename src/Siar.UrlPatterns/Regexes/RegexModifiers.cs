namespace Siar.UrlPatterns.Regexes;

/// <summary>What stands between a group's <c>(</c> and its content: <c>?:</c>, or flags to switch on and off as in <c>?i-s:</c>.</summary>
internal static class RegexModifiers
{
    /// <summary>Whether case is ignored inside the group.</summary>
    public static bool Parse(RegexReader reader, bool ignoreCase)
    {
        if (!reader.TryTake("?")) throw reader.Error("has a capturing group: write '(?:' for a group");
        if (reader.TryTake(":")) return ignoreCase;
        if (reader.Current is '=' or '!' || (reader.Current == '<' && reader.Peek(1) is '=' or '!'))
        {
            throw reader.Error("looks ahead or behind, which is not supported: match the text itself");
        }

        if (reader.Current == '<') throw reader.Error("has a named group: name the pattern's group instead, as in ':name(…)'");
        var added = Flags(reader);
        var removed = reader.TryTake("-") ? Flags(reader) : null;
        reader.Require(":");
        var all = added + removed;
        if (all.Length == 0 || all.Distinct().Count() < all.Length) throw reader.Error("switches no flag, or the same flag twice");
        // The flags m and s speak of line terminators, and a component holds none.
        if (added.Contains('i')) return true;
        return ignoreCase && removed?.Contains('i') != true;
    }

    private static string Flags(RegexReader reader) => reader.TakeWhile(c => c is 'i' or 'm' or 's');
}
