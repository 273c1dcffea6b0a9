using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siar.Wire;

namespace Siar.Client;

/// <summary>Opens streams of server-sent events, of a hub or of any other server.</summary>
public static class EventStream
{
    /// <summary>A stream whose events' data is text. Nothing is asked for before it is read.</summary>
    /// <param name="http">What makes the requests; it stays the caller's. Its own timeout should be infinite, or it counts for the head of an answer.</param>
    /// <param name="options">Which stream, and how to read it.</param>
    public static EventStream<string> Open(HttpClient http, EventStreamOptions options) => new(http, options, static (in SseMessage message) => message.DecodeData());

    /// <summary>A stream whose events' data is JSON, read where it lies without a string between.</summary>
    /// <typeparam name="T">What the data is made into.</typeparam>
    /// <param name="http">What makes the requests; it stays the caller's.</param>
    /// <param name="options">Which stream, and how to read it.</param>
    /// <param name="type">What the JSON is, from a source-generated context.</param>
    public static EventStream<T?> Open<T>(HttpClient http, EventStreamOptions options, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new(http, options, (in SseMessage message) => JsonSerializer.Deserialize(message.Data, type));
    }

    /// <summary>A stream whose events' bytes are read by a function.</summary>
    /// <typeparam name="T">What the events are made into.</typeparam>
    /// <param name="http">What makes the requests; it stays the caller's.</param>
    /// <param name="options">Which stream, and how to read it.</param>
    /// <param name="decode">Makes something of an event.</param>
    public static EventStream<T> Open<T>(HttpClient http, EventStreamOptions options, EventDecoder<T> decode) => new(http, options, decode);

    /// <summary>What the options say about a type.</summary>
    /// <exception cref="NotSupportedException">They say nothing: they need a resolver that knows the type.</exception>
    internal static JsonTypeInfo<T> TypeInfo<T>(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }
}
