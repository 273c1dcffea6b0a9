namespace Siar.Client;

/// <summary>What a request to publish says. It is sent again as it is.</summary>
/// <param name="Url">Where it goes.</param>
/// <param name="Body">Its body.</param>
/// <param name="ContentType">What the body is; null where there is none.</param>
/// <param name="Count">How many ids the hub answers.</param>
internal sealed record PublishMessage(Uri Url, ReadOnlyMemory<byte> Body, string? ContentType, int Count)
{
    /// <summary>Events as lines of JSON.</summary>
    public static PublishMessage Batch(Uri events, ReadOnlyMemory<byte> lines, int count) => new(events, lines, "application/x-ndjson", count);

    /// <summary>The end of a topic.</summary>
    public static PublishMessage Close(Uri events, string topic) =>
        new(new UriBuilder(events) { Query = $"topic={Uri.EscapeDataString(topic)}&close" }.Uri, default, null, 1);
}
