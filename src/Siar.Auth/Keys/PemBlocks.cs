using System.Security.Cryptography;

namespace Siar.Auth;

/// <summary>The blocks of a PEM text (RFC 7468).</summary>
internal static class PemBlocks
{
    /// <summary>Reads them all.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static List<(string Label, byte[] Der)> Read(string pem)
    {
        var blocks = new List<(string, byte[])>();
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            blocks.Add((rest[fields.Label].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString())));
            rest = rest[fields.Location.End..];
        }

        return blocks.Count > 0 ? blocks
            : throw new ArgumentException("The text holds no PEM block: it must have a line such as \"-----BEGIN PUBLIC KEY-----\" and its end.");
    }
}
