using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>An event as JSON: <c>{"id","topics","type","key","data","time"}</c>, data always a string, absent members left out.</summary>
internal static class EventJson
{
    /// <summary>
    /// Escapes what JSON demands and no more: the answers are <c>application/json</c> with <c>nosniff</c>, never a part of a page.
    /// Nothing is checked: the members are written in place, by code that the tests read back.
    /// </summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void Write(Utf8JsonWriter json, LoggedEvent logged)
    {
        var content = logged.Content;
        json.WriteStartObject();
        json.WriteString("id"u8, logged.Id.Value);
        json.WriteStartArray("topics"u8);
        foreach (var topic in content.Topics) json.WriteStringValue(topic.Value);
        json.WriteEndArray();
        if (!content.Type.IsNone) json.WriteString("type"u8, content.Type.Value);
        if (content.Key is { } key) json.WriteString("key"u8, key);
        json.WriteString("data"u8, content.Data.Span);
        json.WriteString("time"u8, logged.Time.UtcDateTime);
        json.WriteEndObject();
    }

    /// <summary>Writes a small value in a buffer of the thread's own. What was written is valid until the thread writes the next.</summary>
    public static ReadOnlySpan<byte> WriteSmall<TState>(TState state, Action<Utf8JsonWriter, TState> write) => Scratch.Write(state, write, suffix: default);

    /// <summary>The same with the end of a line behind it.</summary>
    public static ReadOnlySpan<byte> WriteLine<TState>(TState state, Action<Utf8JsonWriter, TState> write) => Scratch.Write(state, write, "\n"u8);

    private sealed class Scratch
    {
        private const int FirstBytes = 256;

        // An answer that was larger than this is not held on to.
        private const int KeptBytes = 64 << 10;

        [ThreadStatic]
        private static Scratch? _ofThread;

        private readonly ArrayBufferWriter<byte> _bytes = new(FirstBytes);
        private readonly Utf8JsonWriter _json;

        private Scratch() => _json = new Utf8JsonWriter(_bytes, WriterOptions);

        public static ReadOnlySpan<byte> Write<TState>(TState state, Action<Utf8JsonWriter, TState> write, ReadOnlySpan<byte> suffix)
        {
            if (_ofThread is not { } scratch || scratch._bytes.Capacity > KeptBytes) scratch = _ofThread = new Scratch();
            scratch._bytes.ResetWrittenCount();
            scratch._json.Reset();
            write(scratch._json, state);
            scratch._json.Flush();
            scratch._bytes.Write(suffix);
            return scratch._bytes.WrittenSpan;
        }
    }
}
