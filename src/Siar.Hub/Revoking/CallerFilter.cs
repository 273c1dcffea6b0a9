using System.Net;
using System.Net.Sockets;

namespace Siar.Hub;

/// <summary>
/// Says which callers are meant whose streams are to end: those of a name, of a token, with a claim, or at an address. Immutable; may be used from any thread.
/// </summary>
public sealed record CallerFilter
{
    /// <summary>How long each text of a filter may be, in characters.</summary>
    public const int LongestText = 1_024;

    private CallerFilter(CallerFilterKind kind, string value, string? qualifier)
    {
        Kind = kind;
        Value = value;
        Qualifier = qualifier;
        Mark = CallerMarks.Of(kind, value, qualifier);
    }

    internal CallerFilterKind Kind { get; }

    /// <summary>The name, the token's id, the claim's value, or the address.</summary>
    internal string Value { get; }

    /// <summary>The issuer of a name where only that one's is meant, or the claim's type; else null.</summary>
    internal string? Qualifier { get; }

    /// <summary>What stands for the filter among a caller's marks, and in the log: the same in every process.</summary>
    internal UInt128 Mark { get; }

    /// <summary>
    /// Callers of a name: the subject (<c>sub</c>) of a token, the name identifier of the application's user, or the name that an authoriser has given.
    /// </summary>
    /// <param name="name">The name.</param>
    /// <param name="issuer">Who calls them so, where only that one's are meant: the issuer (<c>iss</c>) of the token, or of the claim. Default null: whoever does.</param>
    /// <exception cref="ArgumentException">A text is empty, longer than <see cref="LongestText"/>, or no Unicode text.</exception>
    public static CallerFilter User(string name, string? issuer = null) =>
        new(CallerFilterKind.User, Checked(name, nameof(name)), issuer is null ? null : Checked(issuer, nameof(issuer)));

    /// <summary>The bearers of a token with an id (<c>jti</c>; RFC 7519, 4.1.7: no two tokens have the same, whoever issued them).</summary>
    /// <inheritdoc cref="User" path="/exception" />
    public static CallerFilter Token(string id) => new(CallerFilterKind.Token, Checked(id, nameof(id)), null);

    /// <summary>
    /// Callers with a claim: of a token, whose claim is that text, number or boolean or a list that holds it; or of the application's signed-in user.
    /// </summary>
    /// <param name="type">The claim's type, as the token or the application's user has it.</param>
    /// <param name="value">Its value as text, compared letter by letter.</param>
    /// <inheritdoc cref="User" path="/exception" />
    public static CallerFilter Claim(string type, string value) => new(CallerFilterKind.Claim, Checked(value, nameof(value)), Checked(type, nameof(type)));

    /// <summary>
    /// Callers at an address. Of IPv6 it is the network of 64 bits that the address lies in, since one client has all of its addresses: the hub counts clients so
    /// for its limits too.
    /// </summary>
    public static CallerFilter Address(IPAddress address) => new(CallerFilterKind.Address, NameOf(address), null);

    /// <summary>The filter for a person to read.</summary>
    public override string ToString() => Kind switch
    {
        CallerFilterKind.User when Qualifier is { } issuer => $"user '{Value}' of '{issuer}'",
        CallerFilterKind.User => $"user '{Value}'",
        CallerFilterKind.Token => $"token '{Value}'",
        CallerFilterKind.Claim => $"claim '{Qualifier}' of '{Value}'",
        _ => $"address {Value}",
    };

    /// <summary>Whether it means a caller.</summary>
    /// <param name="marks">The caller's marks; null where it has none.</param>
    /// <param name="address">Its address, as <see cref="NameOf"/> names it; null where it has none.</param>
    internal bool Means(CallerMarks? marks, string? address) => Kind is CallerFilterKind.Address ? address == Value : marks?.Contain(Mark) == true;

    /// <summary>What is wrong with a text that a filter is to hold, as a sentence; null where nothing is.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What the sentence calls it.</param>
    internal static string? Check(string? text, string name)
    {
        if (string.IsNullOrEmpty(text)) return $"The {name} is missing: it says which callers are meant.";
        if (text.Length > LongestText) return $"The {name} is longer than {LongestText} characters.";
        return IsUnicode(text) ? null : $"The {name} holds a lone surrogate: it is not Unicode text.";
    }

    /// <summary>An address as a client is named by it: the IPv4 address, or the IPv6 network of 64 bits.</summary>
    internal static string NameOf(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    /// <summary>Makes a filter again from what a log has kept of it.</summary>
    internal static CallerFilter Restore(CallerFilterKind kind, string value, string? qualifier) => new(kind, value, qualifier);

    private static string Checked(string text, string name) => Check(text, name) is { } error ? throw new ArgumentException(error, name) : text;

    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[++i])) return false;
        }

        return true;
    }
}

/// <summary>What a <see cref="CallerFilter"/> looks at. The numbers are kept in logs.</summary>
internal enum CallerFilterKind : byte
{
    User = 1,
    Token = 2,
    Claim = 3,
    Address = 4,
}
