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
    public static ReadOnlySpan<byte> Gap(Gap gap) => Write(gap, WriteGapMembers);

    /// <summary>The data of <c>siar.revoked</c>.</summary>
    public static ReadOnlySpan<byte> Revoked(RevokedSignal signal) => Write(signal, WriteRevokedMembers);

    /// <summary><c>until</c> is absent where it is not said how long the reader is refused, or it is not.</summary>
    public static void WriteRevokedMembers(Utf8JsonWriter json, RevokedSignal signal)
    {
        json.WriteString("reason"u8, signal.Reason);
        if (signal.Until is { } until) json.WriteString("until"u8, until.UtcDateTime);
    }

    /// <summary><c>requested</c> is null for a reader that had no cursor; <c>oldest</c> is the place from which reading goes on.</summary>
    public static void WriteGapMembers(Utf8JsonWriter json, Gap gap)
    {
        if (gap.Requested.IsNone) json.WriteNull("requested"u8);
        else json.WriteString("requested"u8, gap.Requested.Value);
        json.WriteString("oldest"u8, gap.Resume.Value);
        json.WriteString("reason"u8, ReasonNames.Of(gap.Reason));
    }

    private static ReadOnlySpan<byte> Write<T>(T signal, Action<Utf8JsonWriter, T> writeMembers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, WriterOptions);
        json.WriteStartObject();
        writeMembers(json, signal);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan;
    }
}
