using System.Text.Json;
using Siar.Hub;

namespace Siar.Storage.Journal;

/// <summary>A hub's sign of life as bytes: JSON, for a person who looks at the engine.</summary>
internal static class SignCodec
{
    /// <summary>Writes a sign.</summary>
    public static byte[] Write(HubSign sign)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("hub"u8, sign.Hub);
            json.WriteString("name"u8, sign.Name);
            json.WriteNumber("count"u8, sign.Count);
            json.WriteString("state"u8, sign.State);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a sign; null where the bytes are none, such as another program's.</summary>
    public static HubSign? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return new HubSign(
                root.GetProperty("hub"u8).GetString()!, root.GetProperty("name"u8).GetString()!, root.GetProperty("count"u8).GetInt64(), root.GetProperty("state"u8).GetString()!);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
