using System.Text;
using System.Text.Unicode;

namespace Siar.AspNetCore;

/// <summary>
/// How the bytes of a request's header fields are read: as UTF-8 where they are valid UTF-8, else as ISO-8859-1, which every byte is (RFC 9110, 5.5:
/// "Historically, HTTP allowed field content with text in the ISO-8859-1 charset"; other bytes are opaque data). A cookie of the parent domain or a
/// referer must not end a reader's stream. What the server accepts by itself, valid UTF-8 without NUL, is read as before. Immutable; may be used
/// from any thread.
/// </summary>
internal sealed class HeaderEncoding : Encoding
{
    public static HeaderEncoding Instance { get; } = new();

    private HeaderEncoding()
    {
    }

    public override unsafe int GetCharCount(byte* bytes, int count) => GetCharCount(new ReadOnlySpan<byte>(bytes, count));

    public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
        GetChars(new ReadOnlySpan<byte>(bytes, byteCount), new Span<char>(chars, charCount));

    public override int GetCharCount(ReadOnlySpan<byte> bytes) => EncodingOf(bytes).GetCharCount(bytes);

    public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars) => EncodingOf(bytes).GetChars(bytes, chars);

    public override int GetCharCount(byte[] bytes, int index, int count) => GetCharCount(bytes.AsSpan(index, count));

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

    public override int GetMaxCharCount(int byteCount) => byteCount;

    // Only reading is asked for; what is written is UTF-8.
    public override int GetByteCount(char[] chars, int index, int count) => UTF8.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => UTF8.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount);

    private static Encoding EncodingOf(ReadOnlySpan<byte> bytes)
    {
        // RFC 9110, 5.5: "Field values containing CR, LF, or NUL characters are invalid and dangerous". The server looks for the first two.
        if (bytes.Contains((byte)0)) throw new DecoderFallbackException("A header field holds a NUL.");
        return Utf8.IsValid(bytes) ? UTF8 : Latin1;
    }
}
