using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Siar.Hub;

/// <summary>
/// Names a reader among those of all hubs of a log, and says of which hub it is, so that no event about it needs a word for that. A UUID of version 8 (RFC 9562, 5.8):
/// 60 bits of the hub, then 40 that count the hub's readers, then 22 random ones. So a hub's readers have an order, and no name can be guessed.
/// </summary>
internal static class ReaderId
{
    private const string Urn = "urn:uuid:";
    private const int RandomBits = 22;
    private const ulong Version = 0x8000;
    private const ulong Variant = 0x8000_0000_0000_0000;
    private const ulong Low = (1UL << 62) - 1;

    /// <summary>Makes a name.</summary>
    /// <param name="hub">Whose reader it is.</param>
    /// <param name="number">How many came before it.</param>
    public static Guid Create(HubId hub, long number) => Of(hub, ((ulong)number << RandomBits) | (uint)RandomNumberGenerator.GetInt32(1 << RandomBits));

    /// <summary>The name whose part within the hub is known.</summary>
    public static Guid Of(HubId hub, ulong within)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((hub.Bits >> 12) << 16) | Version | (hub.Bits & 0xFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Variant | (within & Low));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Takes a name apart; false where it is none, such as one of an earlier build.</summary>
    public static bool TryRead(Guid id, out HubId hub, out ulong within)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        var low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        hub = new HubId(((high >> 16) << 12) | (high & 0xFFF));
        within = low & Low;
        return (high & 0xF000) == Version && (low & ~Low) == Variant;
    }

    /// <summary>The name as the Mercure protocol wants it: an IRI.</summary>
    public static string ToIri(Guid id) => $"{Urn}{id}";

    /// <summary>Reads <see cref="ToIri"/>.</summary>
    public static bool TryParseIri([NotNullWhen(true)] string? iri, out Guid id)
    {
        id = default;
        return iri is not null && iri.StartsWith(Urn, StringComparison.Ordinal) && Guid.TryParseExact(iri.AsSpan(Urn.Length), "D", out id);
    }
}
