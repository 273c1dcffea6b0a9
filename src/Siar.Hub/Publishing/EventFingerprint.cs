using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Siar.Hub;

/// <summary>Tells whether two publishes are the same: a hash over everything that a publisher can say of its events.</summary>
internal static class EventFingerprint
{
    public static UInt128 Of(ImmutableArray<Event> events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var content in events)
        {
            Add(hash, content.Topics.Length);
            foreach (var topic in content.Topics) Add(hash, topic.Value);
            Add(hash, content.Id.Value);
            Add(hash, content.Type.Value);
            Add(hash, content.RetryMilliseconds ?? -1);
            Add(hash, content.IsPrivate ? 1 : 0);
            Add(hash, content.Key is null ? 0 : 1);
            Add(hash, content.Key ?? "");
            Add(hash, content.Data.Span);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, string text) => Add(hash, Encoding.UTF8.GetBytes(text));

    // With its length before it, so that no two ways of dividing the same bytes look alike.
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }
}
