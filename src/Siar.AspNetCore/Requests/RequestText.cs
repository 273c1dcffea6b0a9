using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Siar.AspNetCore;

/// <summary>What text in a request may hold, and how it is percent-decoded: once, and never to a text that another one also decodes to.</summary>
internal static class RequestText
{
    /// <summary>
    /// Decodes percent-encoded text strictly. The framework's own decoding is lenient (what cannot be decoded stays as it is), and two spellings
    /// would then be one topic.
    /// </summary>
    /// <param name="text">The text as it came.</param>
    /// <param name="isForm">Whether <c>+</c> is a space, as in a query.</param>
    /// <param name="decoded">The text, when it could be decoded.</param>
    /// <returns>What is wrong, to follow a subject in a sentence; null when all is well.</returns>
    public static string? Decode(ReadOnlySpan<char> text, bool isForm, out string decoded)
    {
        decoded = "";
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            var bytes = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
            if (Decode(bytes, isForm, out var length) is { } wrong) return wrong;
            decoded = Encoding.UTF8.GetString(bytes[..length]);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes percent-encoded text strictly and in place.</summary>
    /// <inheritdoc cref="Decode(ReadOnlySpan{char}, bool, out string)" />
    public static string? Decode(Span<byte> text, bool isForm, out int length) =>
        !TryDecode(text, isForm, isLenient: false, out length) ? "has a '%' that two hexadecimal digits do not follow: write a percent sign as %25."
            : Utf8.IsValid(text[..length]) ? null
            : "is not valid UTF-8 when it is percent-decoded.";

    /// <summary>Decodes text of a form in place, as the WHATWG URL Standard does (5.1): a <c>%</c> that two digits do not follow is itself.</summary>
    /// <returns>How long the decoded text is. Whether it is UTF-8 has not been looked at.</returns>
    public static int DecodeForm(Span<byte> text)
    {
        _ = TryDecode(text, isForm: true, isLenient: true, out var length);
        return length;
    }

    /// <summary>
    /// What keeps a text from being a topic, id or type (Mercure's "protocol string"), as a sentence; null when nothing does: a control character (C0,
    /// DEL, C1), which could break a frame, or one of the category Cf, which is invisible and lets two texts look the same.
    /// </summary>
    public static string? CheckProtocolString(string field, string text)
    {
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune)) return $"The {field} holds the control character U+{rune.Value:X4} at character {at}.";
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format)
                return $"The {field} holds the invisible character U+{rune.Value:X4} at character {at}.";
            at += rune.Utf16SequenceLength;
        }

        return null;
    }

    private static bool TryDecode(Span<byte> text, bool isForm, bool isLenient, out int length)
    {
        length = 0;
        for (var from = 0; from < text.Length; from++)
        {
            var each = text[from];
            if (each == '+' && isForm)
            {
                each = (byte)' ';
            }
            else if (each == '%' && from + 2 < text.Length && char.IsAsciiHexDigit((char)text[from + 1]) && char.IsAsciiHexDigit((char)text[from + 2]))
            {
                each = (byte)((HexValue(text[from + 1]) << 4) | HexValue(text[from + 2]));
                from += 2;
            }
            else if (each == '%' && !isLenient)
            {
                return false;
            }

            text[length++] = each;
        }

        return true;
    }

    private static int HexValue(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/// <summary>
/// The topic in the path: the rest of the request target as it came on the wire, percent-decoded once. The path that routing sees will not
/// do: the server has taken dot segments out of it and has decoded all but <c>%2F</c>, so that two topics would look the same.
/// </summary>
internal static class RawTopic
{
    /// <summary>Reads the topic.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fields">Notes what is wrong with the path.</param>
    /// <returns>The topic's text; null where the endpoint's pattern or the path ends before it.</returns>
    public static string? Read(HttpContext context, RequestFields fields)
    {
        if (ReadRaw(context, fields) is not { } raw) return null;
        if (RequestText.Decode(raw, isForm: false, out var decoded) is not { } error) return decoded;
        fields.Refuse(Refusal.Invalid($"The topic in the path {error}"));
        return null;
    }

    /// <summary>Reads the rest of the path as it came on the wire.</summary>
    /// <param name="context">The request.</param>
    /// <param name="fields">Notes what is wrong with the path.</param>
    /// <returns>The rest, without the slash before it; null where the endpoint's pattern or the path ends before it.</returns>
    public static string? ReadRaw(HttpContext context, RequestFields fields)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint || endpoint.RoutePattern.Parameters is not [.., { IsCatchAll: true }]) return null;

        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var path = string.IsNullOrEmpty(target) ? Routed(context.Request).AsSpan() : PathOf(target);
        var rest = path;
        var routed = Routed(context.Request).AsSpan();
        var before = context.Request.PathBase.Value.AsSpan().Count('/') + endpoint.RoutePattern.PathSegments.Count - 1;
        for (var i = 0; i < before; i++)
        {
            if (TakeSegment(ref rest, out var segment) && TakeSegment(ref routed, out var expected) && IsSame(segment, expected)) continue;
            fields.Refuse(Refusal.Invalid("The path before the topic holds dot segments or was rewritten: write it plainly, so that the topic is unambiguous."));
            return null;
        }

        return rest.Length <= 1 ? null : rest[1..].ToString();
    }

    private static string Routed(HttpRequest request) => request.PathBase.Value + request.Path.Value;

    // RFC 9112, 3.2: the target is in origin form (/path?query) or, to proxies, in absolute form (http://host/path?query).
    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target)
    {
        if (target[0] != '/')
        {
            var authority = target.IndexOf("://");
            target = authority < 0 ? [] : target[(authority + 3)..];
            var slash = target.IndexOfAny('/', '?');
            target = slash < 0 ? [] : target[slash..];
        }

        var query = target.IndexOf('?');
        return query < 0 ? target : target[..query];
    }

    private static bool TakeSegment(ref ReadOnlySpan<char> path, out ReadOnlySpan<char> segment)
    {
        segment = [];
        if (path.IsEmpty || path[0] != '/') return false;
        var end = path[1..].IndexOf('/');
        segment = end < 0 ? path[1..] : path[1..(end + 1)];
        path = end < 0 ? [] : path[(end + 1)..];
        return true;
    }

    private static bool IsSame(ReadOnlySpan<char> raw, ReadOnlySpan<char> routed) =>
        RequestText.Decode(raw, isForm: false, out var decoded) is null && routed.Equals(decoded, StringComparison.Ordinal);
}
