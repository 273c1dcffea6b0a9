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
}
