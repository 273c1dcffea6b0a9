using System.Text;
using System.Text.Json;

namespace Siar.Wire.Tests;

/// <summary>Reads the members of a vector: text, or bytes in hexadecimal under the same name with <c>Hex</c> behind it.</summary>
internal static class JsonText
{
    public static byte[]? Bytes(this JsonElement vector, string name)
    {
        if (vector.TryGetProperty(name, out var text)) return Encoding.UTF8.GetBytes(text.GetString()!);
        return vector.TryGetProperty(name + "Hex", out var hex) ? Convert.FromHexString(hex.GetString()!) : null;
    }

    public static string? Text(this JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var text) ? text.GetString() : null;

    public static int? Number(this JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var number) ? number.GetInt32() : null;
}
