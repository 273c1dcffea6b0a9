using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>
/// A revocation as it stands in the log: an event that no reader gets, under a topic that no publisher may use, in a retention class of its own. Its key is what it
/// means, so that the log keeps the newest of each whatever else is trimmed, as it keeps the newest event of every key.
/// </summary>
/// <param name="Callers">Whom it means.</param>
/// <param name="Until">Until when it holds; null where their streams are to end and nothing more.</param>
/// <param name="By">The hub that has written it.</param>
internal sealed record RevocationFact(CallerFilter Callers, DateTimeOffset? Until, string By)
{
    /// <summary>How many revocations are in force at once at most.</summary>
    public const int MostInForce = 50_000;

    /// <summary>How many the log keeps, those that have lapsed among them.</summary>
    public const int MostKept = 200_000;

    /// <summary>
    /// The retention class. Of the newest thousand all are kept, which no hub should be behind; of the others the newest of each key. No age: the newest of all is what
    /// the next one is appended behind.
    /// </summary>
    public static readonly RetentionClass Class = new(EventRules.ReservedPrefix + "revocations", new RetentionLimits(1_000, null, null) { MaxKeys = MostKept }, PrivateOnly: true);

    /// <summary>The topic.</summary>
    public static readonly Topic Topic = Topic.Parse(Class.Prefix);

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The event.</summary>
    public Event ToEvent()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            json.WriteNumber("kind"u8, (int)Callers.Kind);
            json.WriteString("value"u8, Callers.Value);
            if (Callers.Qualifier is { } qualifier) json.WriteString("of"u8, qualifier);
            if (Until is { } until) json.WriteNumber("until"u8, until.ToUnixTimeMilliseconds());
            json.WriteString("by"u8, By);
            json.WriteEndObject();
        }

        // That streams were ended must not take the place of a revocation.
        var key = Callers.Mark.ToString("x32", CultureInfo.InvariantCulture);
        return Event.Revocation(Topic, buffer.WrittenMemory, Until is null ? "end " + key : key);
    }

    /// <summary>Reads one. False where the event is none that this build knows.</summary>
    public static bool TryRead(Event content, [NotNullWhen(true)] out RevocationFact? fact)
    {
        fact = null;
        if (!content.IsRevocation) return false;
        try
        {
            using var document = JsonDocument.Parse(content.Data);
            var root = document.RootElement;
            var kind = (CallerFilterKind)root.GetProperty("kind").GetByte();
            if (!Enum.IsDefined(kind)) return false;
            var callers = CallerFilter.Restore(kind, root.GetProperty("value").GetString()!, root.TryGetProperty("of", out var of) ? of.GetString() : null);
            var until = root.TryGetProperty("until", out var end) ? DateTimeOffset.FromUnixTimeMilliseconds(end.GetInt64()) : (DateTimeOffset?)null;
            fact = new RevocationFact(callers, until, root.GetProperty("by").GetString()!);
            return true;
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentOutOfRangeException)
        {
            return false;
        }
    }
}
