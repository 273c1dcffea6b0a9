using System.Buffers.Binary;
using System.Text;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>
/// Digests of what stands in tables, whatever the order: the exclusive or of a number for each entry. What is added and taken out changes them at
/// once, and the same entry twice cancels out. The numbers stand in files.
/// </summary>
internal static class IndexDigest
{
    private const ulong OfEntries = 1;
    private const ulong OfIndexed = 2;
    private const ulong OfNames = 3;
    private const ulong OfUrls = 4;

    /// <summary>That a topic has an event at a position.</summary>
    public static long Entry(long topic, long position) => (long)Mix(Mix(Mix(OfEntries) ^ (ulong)topic) ^ (ulong)position);

    /// <summary>That entries are in their table up to a position.</summary>
    public static long Indexed(long through) => (long)Mix(Mix(OfIndexed) ^ (ulong)through);

    /// <summary>That a topic has a name, in UTF-8.</summary>
    public static long Name(long topic, ReadOnlySpan<byte> name) => (long)Add(Mix(Mix(OfNames) ^ (ulong)topic), name);

    /// <summary>That a topic has an URL, in UTF-8; or has none, where that is empty.</summary>
    public static long Url(long topic, ReadOnlySpan<byte> url) => (long)Add(Mix(Mix(OfUrls) ^ (ulong)topic), url);

    /// <summary>A topic as a whole.</summary>
    public static long Topic(long topic, string name, string? url) => Name(topic, Encoding.UTF8.GetBytes(name)) ^ Url(topic, Encoding.UTF8.GetBytes(url ?? ""));

    private static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        sum = Mix(sum ^ (ulong)bytes.Length);
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) sum = Mix(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        rest.Clear();
        bytes.CopyTo(rest);
        return Mix(sum ^ BinaryPrimitives.ReadUInt64LittleEndian(rest));
    }

    // SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
