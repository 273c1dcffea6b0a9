using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Publishing text and typed payloads in one line.</summary>
public static class HubPublishExtensions
{
    /// <summary>Publishes text on a topic.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The text.</param>
    /// <param name="type">The event's type, which listeners ask for; null for <c>message</c>.</param>
    /// <param name="key">What the event is the newest state of, within its topic; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant on the topic get it.</param>
    /// <param name="cancellationToken">Drops the event while it waits in the hub's queue.</param>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/returns" />
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    /// <exception cref="FormatException">The topic or the type is empty or holds a control character.</exception>
    /// <exception cref="ArgumentException">The type begins with <c>siar.</c>, which only the hub sends; or the data holds a lone surrogate.</exception>
    public static ValueTask<LoggedEvent> PublishAsync(
        this IHub hub, string topic, string data, string? type = null, string? key = null, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(new Event(Topic.Parse(topic), data) { Type = TypeOf(type), Key = key, IsPrivate = isPrivate }, cancellationToken);

    /// <inheritdoc cref="PublishAsync(IHub, string, string, string?, string?, bool, CancellationToken)" />
    public static ValueTask<LoggedEvent> PublishAsync(this IHub hub, string topic, string data, CancellationToken cancellationToken) =>
        hub.PublishAsync(new Event(Topic.Parse(topic), data), cancellationToken);

    /// <summary>Publishes a value as JSON, with type information from source generation: nothing is found by reflection.</summary>
    /// <inheritdoc cref="PublishAsync(IHub, string, string, string?, string?, bool, CancellationToken)" />
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="value">The value.</param>
    /// <param name="typeInfo">How it is written.</param>
    /// <param name="type">The event's type, which listeners ask for; null for <c>message</c>.</param>
    /// <param name="key">What the event is the newest state of, within its topic; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant on the topic get it.</param>
    /// <param name="cancellationToken">Drops the event while it waits in the hub's queue.</param>
    public static ValueTask<LoggedEvent> PublishAsync<T>(
        this IHub hub, string topic, T value, JsonTypeInfo<T> typeInfo, string? type = null, string? key = null, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(Make(topic, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), type, key, isPrivate), cancellationToken);

    /// <inheritdoc cref="PublishAsync{T}(IHub, string, T, JsonTypeInfo{T}, string?, string?, bool, CancellationToken)" />
    public static ValueTask<LoggedEvent> PublishAsync<T>(this IHub hub, string topic, T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken) =>
        hub.PublishAsync(Make(topic, JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)), cancellationToken);

    /// <summary>Publishes a value as JSON, by the hub's <see cref="HubOptions.Json"/>.</summary>
    /// <inheritdoc cref="PublishAsync(IHub, string, string, string?, string?, bool, CancellationToken)" />
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">The event's type, which listeners ask for; null for <c>message</c>.</param>
    /// <param name="key">What the event is the newest state of, within its topic; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant on the topic get it.</param>
    /// <param name="cancellationToken">Drops the event while it waits in the hub's queue.</param>
    [RequiresUnreferencedCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    [RequiresDynamicCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    public static ValueTask<LoggedEvent> PublishAsync<T>(
        this IHub hub, string topic, T value, string? type = null, string? key = null, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(Make(topic, JsonSerializer.SerializeToUtf8Bytes(value, hub.Json), type, key, isPrivate), cancellationToken);

    /// <inheritdoc cref="PublishAsync{T}(IHub, string, T, string?, string?, bool, CancellationToken)" />
    [RequiresUnreferencedCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    [RequiresDynamicCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    public static ValueTask<LoggedEvent> PublishAsync<T>(this IHub hub, string topic, T value, CancellationToken cancellationToken) =>
        hub.PublishAsync(Make(topic, JsonSerializer.SerializeToUtf8Bytes(value, hub.Json)), cancellationToken);

    /// <summary>Publishes a value on a typed topic.</summary>
    /// <inheritdoc cref="PublishAsync(IHub, string, string, string?, string?, bool, CancellationToken)" />
    /// <param name="hub">The hub.</param>
    /// <param name="topic">One topic; of a family, what <see cref="Topic{T}.With"/> gives.</param>
    /// <param name="value">The value.</param>
    /// <param name="type">The event's type, which listeners ask for; null for <c>message</c>.</param>
    /// <param name="key">What the event is the newest state of, within its topic; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant on the topic get it.</param>
    /// <param name="cancellationToken">Drops the event while it waits in the hub's queue.</param>
    /// <exception cref="InvalidOperationException">The topic is a family.</exception>
    public static ValueTask<LoggedEvent> PublishAsync<T>(
        this IHub hub, Topic<T> topic, T value, string? type = null, string? key = null, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(Make(topic.Name, topic.Serialize(value), type, key, isPrivate), cancellationToken);

    /// <summary>
    /// Publishes texts as they come, such as the tokens of a model, each when the one before is in the log. When the source throws, what came before is
    /// published, and the source's exception comes out here.
    /// </summary>
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="source">The texts. It is asked for no more than can be published.</param>
    /// <param name="type">The type of each event; null for <c>message</c>.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant on the topic get them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>How many were published.</returns>
    /// <inheritdoc cref="PublishAsync(IHub, string, string, string?, string?, bool, CancellationToken)" path="/exception" />
    public static async Task<long> PublishAllAsync(
        this IHub hub, string topic, IAsyncEnumerable<string> source, string? type = null, bool isPrivate = false, CancellationToken cancellationToken = default)
    {
        var count = 0L;
        await foreach (var data in source.WithCancellation(cancellationToken))
        {
            await hub.PublishAsync(topic, data, type, key: null, isPrivate, cancellationToken);
            count++;
        }

        return count;
    }

    /// <summary>Publishes values as they come, each when the one before is in the log.</summary>
    /// <inheritdoc cref="PublishAllAsync(IHub, string, IAsyncEnumerable{string}, string?, bool, CancellationToken)" />
    /// <exception cref="InvalidOperationException">The topic is a family.</exception>
    public static async Task<long> PublishAllAsync<T>(
        this IHub hub, Topic<T> topic, IAsyncEnumerable<T> source, string? type = null, bool isPrivate = false, CancellationToken cancellationToken = default)
    {
        var count = 0L;
        await foreach (var value in source.WithCancellation(cancellationToken))
        {
            await hub.PublishAsync(topic, value, type, key: null, isPrivate, cancellationToken);
            count++;
        }

        return count;
    }

    /// <summary>Closes a topic; closing it again changes nothing. See <see cref="Event.Closing"/>.</summary>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    /// <exception cref="FormatException">The topic is empty or holds a control character.</exception>
    public static ValueTask<LoggedEvent> CloseAsync(this IHub hub, string topic, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(Event.Closing(Topic.Parse(topic), isPrivate), cancellationToken);

    private static Event Make(string topic, byte[] data, string? type = null, string? key = null, bool isPrivate = false) =>
        new([Topic.Parse(topic)], data) { Type = TypeOf(type), Key = key, IsPrivate = isPrivate };

    private static EventType TypeOf(string? type) => type is null ? default : EventType.Parse(type);
}
