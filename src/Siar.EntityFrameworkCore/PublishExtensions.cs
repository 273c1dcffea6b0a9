using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.EntityFrameworkCore;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.EntityFrameworkCore;

/// <summary>
/// Publishes with <c>SaveChanges</c>, in its transaction: readers get the event some milliseconds after the commit, and never where there is none. Within
/// one <c>SaveChanges</c> events keep the order in which they were published.
/// <para>
/// <c>SaveChanges</c> throws a <see cref="DbUpdateException"/> where the role may not publish there, or the log's limits do not allow it; nothing is saved
/// then. What goes past <c>SaveChanges</c>, as <c>ExecuteUpdate</c> and <c>ExecuteDelete</c> do, neither publishes nor saves what was published before.
/// </para>
/// </summary>
public static class PublishExtensions
{
    /// <summary>Publishes text.</summary>
    /// <inheritdoc cref="PublishEvent(DbContext, Event, string?)"/>
    /// <param name="db">The context, whose model has the outbox.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The text.</param>
    /// <param name="type">The event's type; null for none.</param>
    /// <param name="key">What the event is the newest state of; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant get it. Default: false.</param>
    /// <param name="idempotencyKey">As of the other overloads.</param>
    /// <exception cref="FormatException">There can be no such topic or type.</exception>
    public static OutboxEvent PublishEvent(
        this DbContext db, string topic, string data, string? type = null, string? key = null, bool isPrivate = false, string? idempotencyKey = null) =>
        db.PublishEvent(new Event(Topic.Parse(topic), data) { Type = TypeOf(type), Key = key, IsPrivate = isPrivate }, idempotencyKey);

    /// <summary>Publishes a value as JSON, with type information from source generation: nothing is found by reflection.</summary>
    /// <inheritdoc cref="PublishEvent(DbContext, Event, string?)"/>
    /// <param name="db">The context, whose model has the outbox.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="value">The value, as it is now: what changes it afterwards changes no event.</param>
    /// <param name="typeInfo">Its type.</param>
    /// <param name="type">The event's type; null for none.</param>
    /// <param name="key">What the event is the newest state of; null where it is not a state.</param>
    /// <param name="isPrivate">Whether only subscribers with a grant get it. Default: false.</param>
    /// <param name="idempotencyKey">As of the other overloads.</param>
    /// <exception cref="FormatException">There can be no such topic or type.</exception>
    public static OutboxEvent PublishEvent<T>(
        this DbContext db, string topic, T value, JsonTypeInfo<T> typeInfo, string? type = null, string? key = null, bool isPrivate = false, string? idempotencyKey = null) =>
        db.PublishEvent(new Event([Topic.Parse(topic)], JsonSerializer.SerializeToUtf8Bytes(value, typeInfo)) { Type = TypeOf(type), Key = key, IsPrivate = isPrivate }, idempotencyKey);

    /// <summary>Adds an event to what <c>SaveChanges</c> saves.</summary>
    /// <param name="db">The context, whose model has the outbox.</param>
    /// <param name="content">The event, with all that it has: type, key, own id, and whether it is private.</param>
    /// <param name="idempotencyKey">
    /// Names the publish: of several with the same key by one role within a day the first counts. Null makes a key of its own here and now, which an
    /// execution strategy that tries <c>SaveChanges</c> again uses again. Where a whole delegate is tried again that calls this, make the key outside of
    /// it.
    /// </param>
    /// <returns>The entity that was added.</returns>
    /// <exception cref="ArgumentException">The event closes its topic, which a transaction cannot.</exception>
    /// <exception cref="InvalidOperationException">The model has no outbox: see <see cref="OutboxModelBuilderExtensions.UseSiarOutbox"/>.</exception>
    public static OutboxEvent PublishEvent(this DbContext db, Event content, string? idempotencyKey = null)
    {
        var added = new OutboxEvent(content, idempotencyKey ?? Guid.NewGuid().ToString("N"), OutboxModelBuilderExtensions.LogOf(db.Model));
        db.Add(added);
        return added;
    }

    private static EventType TypeOf(string? type) => type is null ? default : EventType.Parse(type);
}
