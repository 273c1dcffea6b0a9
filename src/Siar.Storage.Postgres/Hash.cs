using System.Security.Cryptography;
using System.Text;

namespace Siar.Storage.Postgres;

/// <summary>What stands in an index for text of any length: the first 16 bytes of a SHA-256 over its UTF-8.</summary>
internal static class Hash
{
    public static byte[] Of(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];

    /// <summary>Of several parts, each with its length before it, so that no two ways of dividing the same text look alike.</summary>
    public static byte[] Of(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }

        return hash.GetHashAndReset()[..16];
    }
}
