using System.Collections.Immutable;
using System.Text.Json;

namespace Siar.Hub;

/// <summary>Publishes events and reads them in the same process. Safe for concurrent use.</summary>
public interface IHub
{
    /// <summary>How typed payloads become JSON where no source-generated type information is given.</summary>
    JsonSerializerOptions Json { get; }

    /// <summary>
    /// Publishes an event. The task completes when it is as safe as the log promises. Cancellation counts while the event waits in the hub's
    /// queue: it is dropped, and nothing is published. Once the hub has begun to append it, it is published, and the task waits for the outcome.
    /// </summary>
    /// <returns>The event as it stands in the log, with its id.</returns>
    /// <exception cref="EventTooLargeException">The event is larger than a limit allows; nothing was published.</exception>
    /// <exception cref="HubStoppedException">The hub has stopped; nothing was published.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled before the hub began to append; nothing was published.</exception>
    /// <exception cref="PublishRefusedException">One of the topics is closed; nothing was published.</exception>
    /// <exception cref="LogUnavailableException">The log could not keep the events, as on a full disk; it says whether they may be there all the same.</exception>
    ValueTask<LoggedEvent> PublishAsync(Event content, CancellationToken cancellationToken = default);

    /// <summary>Publishes a batch in order, all of it or nothing, with no other event between.</summary>
    /// <inheritdoc cref="PublishAsync(Event, CancellationToken)" path="/exception" />
    ValueTask<ImmutableArray<LoggedEvent>> PublishAsync(ImmutableArray<Event> batch, CancellationToken cancellationToken = default);

    /// <summary>Publishes a batch as before, and asks for more: that it is not done twice, or only on a condition.</summary>
    /// <inheritdoc cref="PublishAsync(Event, CancellationToken)" path="/exception" />
    /// <exception cref="PublishRefusedException">A topic is closed, the key was used for another publish, or the condition is not met; nothing was published.</exception>
    ValueTask<Published> PublishAsync(ImmutableArray<Event> batch, PublishOptions options, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads events until the token is cancelled or the hub stops; also until <see cref="SubscribeRequest.EndsAt"/>, where the request has one, or
    /// until all its topics are closed, each of which is told (<see cref="Delivery.Closed"/>). Then the enumeration ends. Where anything else ends
    /// it, an exception says what. <see cref="HubOptions.MaxLifetime"/> and <see cref="HubOptions.WriteDeadline"/> are for connections and do not
    /// hold here. The subscription begins with the first <c>MoveNextAsync</c>. A reader that is slow waits for nobody and nobody for it: it reads on
    /// from the log at its own pace.
    /// </summary>
    /// <exception cref="SubscriptionEndedException">The log could not be read, or the request asks to end where the reader falls behind.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<Delivery> SubscribeAsync(SubscribeRequest request, CancellationToken cancellationToken = default);
}
