using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Siar.Wire;

namespace Siar.Client;

/// <summary>An event to publish. Immutable.</summary>
public sealed record OutgoingEvent
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>An event whose data is text.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="data">Its data.</param>
    /// <exception cref="ArgumentException">The data holds a lone surrogate.</exception>
    public OutgoingEvent(string topic, string data)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        ArgumentNullException.ThrowIfNull(data);
        Topics = [topic];
        Data = Strict.GetBytes(data);
    }

    /// <summary>An event whose data is text as bytes. They are not copied, and must not change before the event is published.</summary>
    /// <param name="topic">What it is about.</param>
    /// <param name="data">Its data, UTF-8.</param>
    /// <exception cref="ArgumentException">The data is not UTF-8.</exception>
    public OutgoingEvent(string topic, ReadOnlyMemory<byte> data)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (!Utf8.IsValid(data.Span)) throw new ArgumentException("The data is not UTF-8 text, which is all that an event can carry.", nameof(data));
        Topics = [topic];
        Data = data;
    }

    /// <summary>What it is about: its own topic, and alternates after it. At least one.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public IReadOnlyList<string> Topics
    {
        get;
        init => field = value is { Count: > 0 } ? value : throw new ArgumentException("An event needs a topic.", nameof(value));
    }

    /// <summary>Its data, UTF-8.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its type; null, the default, for none: a reader then sees a <c>message</c>.</summary>
    /// <exception cref="ArgumentException">The type is empty, or holds CR, LF, NUL or a lone surrogate.</exception>
    public string? Type
    {
        get;
        init => field = value is null || EventType.TryCreate(value, out _, out var error) ? value : throw new ArgumentException(error, nameof(value));
    }

    /// <summary>Its id; null, the default, for one that the hub makes.</summary>
    /// <exception cref="ArgumentException">The id is empty, begins or ends with a space or tab, or holds a control character or a lone surrogate.</exception>
    public string? Id
    {
        get;
        init => field = value is null || (EventId.TryCreate(value, out var id, out var error) && (error = id.CheckNew()) is null)
            ? value
            : throw new ArgumentException(error, nameof(value));
    }

    /// <summary>What it is the newest state of, within its topic; null, the default, for nothing.</summary>
    public string? Key { get; init; }

    /// <summary>How long readers wait before they reconnect, from now on; null, the default, leaves that as it is. From 0, in whole milliseconds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative or more than <see cref="int.MaxValue"/> milliseconds.</exception>
    public TimeSpan? Retry
    {
        get;
        init => field = value is null || (value.Value >= TimeSpan.Zero && value.Value.TotalMilliseconds <= int.MaxValue)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"Retry must be from 0 to {int.MaxValue} milliseconds.");
    }

    /// <summary>Whether only readers with a grant on one of its topics get it.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>An event whose data is a value as JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="topic">What it is about.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">How it is written, from a source-generated context.</param>
    public static OutgoingEvent Json<T>(string topic, T value, JsonTypeInfo<T> type) => new(topic, JsonSerializer.SerializeToUtf8Bytes(value, type));
}
