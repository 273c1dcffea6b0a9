using System.Runtime.CompilerServices;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Reading typed topics in the same process.</summary>
public static class HubSubscribeExtensions
{
    /// <summary>Reads a typed topic, or all topics of a family, private events included, from the next event on.</summary>
    /// <inheritdoc cref="IHub.SubscribeAsync(SubscribeRequest, CancellationToken)" path="/exception" />
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic or the family.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static IAsyncEnumerable<Delivery<T>> SubscribeAsync<T>(this IHub hub, Topic<T> topic, CancellationToken cancellationToken = default) =>
        hub.SubscribeAsync(topic, Cursor.Now, cancellationToken);

    /// <summary>Reads a typed topic, or all topics of a family, private events included.</summary>
    /// <inheritdoc cref="IHub.SubscribeAsync(SubscribeRequest, CancellationToken)" path="/exception" />
    /// <param name="hub">The hub.</param>
    /// <param name="topic">The topic or the family.</param>
    /// <param name="start">Where to begin.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="System.Text.Json.JsonException">The data of an event is not JSON of the type.</exception>
    public static async IAsyncEnumerable<Delivery<T>> SubscribeAsync<T>(
        this IHub hub, Topic<T> topic, Cursor start, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var matchers = MatcherSet.Of(topic.Variables.IsEmpty ? Matcher.Exact(Topic.Parse(topic.Name)) : Matcher.FromSelector(topic.Template));
        await foreach (var item in hub.SubscribeAsync(new SubscribeRequest { Matchers = matchers, Grants = matchers, Start = start }, cancellationToken))
            yield return new Delivery<T>(item, item is Delivery.Published { Logged: var logged } ? topic.Deserialize(logged.Content.Data.Span) : default);
    }
}

/// <summary>What a reader of a typed topic gets.</summary>
/// <param name="Item">The delivery: an event, a gap, a topic that was closed, or word that the reader is level with the log.</param>
/// <param name="Value">What an event says.</param>
public readonly record struct Delivery<T>(Delivery Item, T? Value)
{
    /// <summary>Whether it is an event, so that <see cref="Value"/> is what it says.</summary>
    public bool IsEvent => Item is Delivery.Published;
}
