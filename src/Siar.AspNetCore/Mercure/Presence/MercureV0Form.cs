using System.Buffers;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.AspNetCore;

/// <summary>
/// Server-sent events for readers of 0.x who may meet events about subscriptions, which they know without a type and in another shape. Everything else
/// is as it is for others.
/// </summary>
internal sealed class MercureV0Form(HubUrl url) : StreamForm
{
    private readonly string _prefix = url.Path + PresenceTopics.Segment + "/";

    /// <summary>The form for a reader of 0.x: this one where it may meet what differs; otherwise the one that nearly everybody takes.</summary>
    /// <param name="matchers">What it asks for.</param>
    /// <param name="grants">Which private events it may have.</param>
    public StreamForm For(MatcherSet matchers, MatcherSet grants) => matchers.MayMeanBelow(_prefix) && grants.MayMeanBelow(_prefix) ? this : SseForm.Plain;

    public override EncodedFrame Encode(in Frame frame) => new(IsOfHub(frame.Event) && TryTranslate(frame.Event) is { } bytes ? bytes : frame.Payload);

    public override void Write(in StreamBlock block, OutletFormat format, IBufferWriter<byte> writer, ref GzipSum sum) =>
        SseForm.Plain.Write(block, format, writer, ref sum);

    // The hub's own are private, and all of their topics are below the prefix: who has no grant there never meets one.
    private bool IsOfHub(LoggedEvent logged) =>
        logged.Content is { IsPrivate: true, Type: { IsNone: false, Value: EventInput.ReservedType } }
        && logged.Content.Topics[0].Value.StartsWith(_prefix, StringComparison.Ordinal);

    // The application's own code can publish anything under these topics: what is no subscription stays as it is.
    private byte[]? TryTranslate(LoggedEvent logged)
    {
        try
        {
            return Translate(logged);
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
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
                root.TryGetProperty("payload", out var payload) ? payload.GetRawText() : null, isWhole: true);
        }

        var wire = new SseEvent { Id = logged.Id, Data = data.WrittenSpan };
        var bytes = new byte[SseEncoder.MeasureEvent(wire)];
        SseEncoder.WriteEvent(wire, bytes);
        return bytes;
    }
}
