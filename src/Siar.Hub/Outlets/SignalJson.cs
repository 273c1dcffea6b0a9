using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>What the signals say, as JSON.</summary>
internal static class SignalJson
{
    // The members are written in place, and an id may hold any character that JSON need not escape.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>The data of <c>siar.gap</c>. Gaps are rare: this allocates.</summary>
    public static ReadOnlySpan<byte> Gap(Gap gap)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        json.WriteStartObject();
        WriteGapMembers(json, gap);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary><c>requested</c> is null for a reader that had no cursor; <c>oldest</c> is the place from which reading goes on.</summary>
    public static void WriteGapMembers(Utf8JsonWriter json, Gap gap)
    {
        if (gap.Requested.IsNone) json.WriteNull("requested"u8);
        else json.WriteString("requested"u8, gap.Requested.Value);
        json.WriteString("oldest"u8, gap.Resume.Value);
        json.WriteString("reason"u8, ReasonNames.Of(gap.Reason));
    }
}
