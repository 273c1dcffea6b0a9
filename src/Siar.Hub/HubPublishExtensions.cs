using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Siar.Topics;

namespace Siar.Hub;

/// <summary>Publishing text and typed payloads in one line.</summary>
public static class HubPublishExtensions
{
    /// <summary>Publishes text on a topic.</summary>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    /// <exception cref="FormatException">The topic is empty or holds a control character.</exception>
    public static ValueTask<LoggedEvent> PublishAsync(this IHub hub, string topic, string data, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(new Event(Topic.Parse(topic), data), cancellationToken);

    /// <summary>Closes a topic; closing it again changes nothing. See <see cref="Event.Closing"/>.</summary>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    /// <exception cref="FormatException">The topic is empty or holds a control character.</exception>
    public static ValueTask<LoggedEvent> CloseAsync(this IHub hub, string topic, bool isPrivate = false, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(Event.Closing(Topic.Parse(topic), isPrivate), cancellationToken);

    /// <summary>Publishes a value as JSON, with type information from source generation: nothing is found by reflection.</summary>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    public static ValueTask<LoggedEvent> PublishAsync<T>(
        this IHub hub, string topic, T value, JsonTypeInfo<T> typeInfo, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(new Event([Topic.Parse(topic)], JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)), cancellationToken);

    /// <summary>Publishes a value as JSON, by the hub's <see cref="HubOptions.Json"/>.</summary>
    /// <inheritdoc cref="IHub.PublishAsync(Event, CancellationToken)" path="/exception" />
    [RequiresUnreferencedCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    [RequiresDynamicCode("Finds the value's members by reflection unless HubOptions.Json has a source-generated resolver.")]
    public static ValueTask<LoggedEvent> PublishAsync<T>(this IHub hub, string topic, T value, CancellationToken cancellationToken = default) =>
        hub.PublishAsync(new Event([Topic.Parse(topic)], JsonSerializer.SerializeToUtf8Bytes(value, hub.Json)), cancellationToken);
}
