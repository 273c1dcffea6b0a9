using System.Text.Json;

namespace Siar.Hub;

/// <summary>What a hub says of itself with each sign. Immutable; what a newer hub adds is passed over.</summary>
/// <param name="Readers">How many streams are open there.</param>
/// <param name="Since">When it was started, by its own clock: for people.</param>
internal sealed record MemberReport(long Readers, DateTimeOffset Since)
{
    /// <summary>What the topics of subscriptions begin with, of which the hub tells; empty where it tells of none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Whether nothing was left untold before the hub's start that it has not told of.</summary>
    public bool IsSettled { get; init; }

    /// <summary>Of a hub that says nothing that can be read.</summary>
    public static MemberReport None { get; } = new(0, DateTimeOffset.UnixEpoch);

    public static MemberReport Read(string state)
    {
        try
        {
            using var document = JsonDocument.Parse(state);
            var root = document.RootElement;
            return new MemberReport(root.GetProperty("readers"u8).GetInt64(), DateTimeOffset.FromUnixTimeMilliseconds(root.GetProperty("since"u8).GetInt64()))
            {
                Prefix = root.TryGetProperty("prefix"u8, out var prefix) ? prefix.GetString() ?? "" : "",
                IsSettled = root.TryGetProperty("settled"u8, out var settled) && settled.GetBoolean(),
            };
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return None;
        }
    }

    public override string ToString()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("readers"u8, Readers);
            json.WriteNumber("since"u8, Since.ToUnixTimeMilliseconds());
            json.WriteString("prefix"u8, Prefix);
            json.WriteBoolean("settled"u8, IsSettled);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
