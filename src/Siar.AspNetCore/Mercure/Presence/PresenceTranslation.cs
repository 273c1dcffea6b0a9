using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Events about subscriptions for readers of 0.x, who know them without a type and in another shape. Each is put so once, however many read it.
/// </summary>
internal sealed class PresenceTranslation(HubUrl url) : FrameTranslation
{
    private readonly ConditionalWeakTable<LoggedEvent, byte[]> _translated = new();
    private readonly string _prefix = url.Path + PresenceTopics.Segment + "/";

    /// <summary>The translation for a reader that may meet what is translated; null for any other, who gets the bytes that everybody gets.</summary>
    /// <param name="matchers">What it asks for.</param>
    /// <param name="grants">Which private events it may have.</param>
    public FrameTranslation? For(MatcherSet matchers, MatcherSet grants) => matchers.MayMeanBelow(_prefix) && grants.MayMeanBelow(_prefix) ? this : null;

    public override bool TryTranslate(LoggedEvent logged, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        // The hub's own are private, and all of their topics are below the prefix: who has no grant there never meets one.
        if (!logged.Content.IsPrivate) return false;
        if (logged.Content.Type.IsNone || logged.Content.Type.Value != EventInput.ReservedType) return false;
        if (!logged.Content.Topics[0].Value.StartsWith(_prefix, StringComparison.Ordinal)) return false;
        if (!_translated.TryGetValue(logged, out var bytes))
        {
            bytes = TryTranslate(logged);
            _translated.AddOrUpdate(logged, bytes);
        }

        payload = bytes;
        return bytes.Length > 0;
    }

    // The application's own code can publish anything under these topics: what is no subscription stays as it is.
    private byte[] TryTranslate(LoggedEvent logged)
    {
        try
        {
            return Translate(logged);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return [];
        }
    }

    private byte[] Translate(LoggedEvent logged)
    {
        using var document = JsonDocument.Parse(logged.Content.Data);
        var root = document.RootElement;
        var match = root.GetProperty("match").GetString()!;
        var subscriber = root.GetProperty("subscriber").GetString()!;
        var data = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(data, EventJson.WriterOptions))
        {
            PresenceJson.WriteV0(
                json, PresenceTopics.OfV0(url.Path, match, subscriber), match, subscriber, root.GetProperty("active").GetBoolean(),
                root.TryGetProperty("payload", out var payload) ? payload : null, isWhole: true);
        }

        var wire = new SseEvent { Id = logged.Id, Data = data.WrittenSpan };
        var bytes = new byte[SseEncoder.MeasureEvent(wire)];
        SseEncoder.WriteEvent(wire, bytes);
        return bytes;
    }
}
