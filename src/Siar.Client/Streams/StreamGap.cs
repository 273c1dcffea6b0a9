using System.Text.Json;

namespace Siar.Client;

/// <summary>Events that were asked for and are gone from the hub. Reading goes on from the oldest that is kept, and all that are kept follow. Immutable.</summary>
public sealed class StreamGap
{
    private StreamGap(string json, string? requested, string? oldest, string reason)
    {
        Json = json;
        Requested = requested;
        Oldest = oldest;
        Reason = reason;
    }

    /// <summary>The id after which the reader wanted to go on; null where there was none, it was lost on its way, or the hub does not say.</summary>
    public string? Requested { get; }

    /// <summary>The id from which reading goes on; null where the hub does not say.</summary>
    public string? Oldest { get; }

    /// <summary>Why they are gone, in the hub's word, such as <c>trimmed</c>; empty where it does not say.</summary>
    public string Reason { get; }

    /// <summary>All that the hub says, as it says it.</summary>
    internal string Json { get; }

    /// <inheritdoc />
    public override string ToString() => Json;

    /// <summary>Reads a signal's data. What cannot be understood is a gap without details: it must not be lost for that.</summary>
    internal static StreamGap Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            if (root.ValueKind is JsonValueKind.Object)
                return new StreamGap(json, Text(root, "requested"), Text(root, "oldest"), Text(root, "reason") ?? "");
        }
        catch (JsonException)
        {
            // A gap all the same.
        }

        return new StreamGap(json, null, null, "");
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
