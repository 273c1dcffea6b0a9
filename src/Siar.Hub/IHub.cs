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
    /// <exception cref="SubscriptionEndedException">
    /// The log could not be read; or the request asks to end where the reader falls behind; or the application has ended the streams of <see cref="SubscribeRequest.Reader"/>, or refuses it.
    /// </exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    IAsyncEnumerable<Delivery> SubscribeAsync(SubscribeRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the streams of some callers now. They are told (<c>siar.revoked</c>) where they asked for signals, and may come back after a time of their own. Over a log that
    /// hubs share, every hub ends those that it has.
    /// </summary>
    /// <param name="callers">Whose.</param>
    /// <param name="cancellationToken">Ends the waiting for the log, over one that hubs share; the streams of this hub are ended all the same.</param>
    /// <exception cref="HubStoppedException">The hub has stopped.</exception>
    /// <exception cref="LogUnavailableException">The shared log could not tell the other hubs; the streams of this hub are ended.</exception>
    ValueTask DisconnectAsync(CallerFilter callers, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the streams of some callers now, and has them refused (403) until a moment, readers and publishers alike. The revocation stands in the log and is as safe as that:
    /// it holds after a restart before readers are let in, and over a log that hubs share at every hub. Of the same filter the newest revocation holds.
    /// </summary>
    /// <param name="callers">Who.</param>
    /// <param name="until">Until when, such as the end of their token (<c>exp</c>); at most ten years.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may hold all the same.</param>
    /// <returns>What holds from now on, at this hub before the task completes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The moment is over, or too far.</exception>
    /// <exception cref="LimitExceededException">50,000 revocations are in force; nothing was revoked.</exception>
    /// <exception cref="HubStoppedException">The hub has stopped; nothing was revoked.</exception>
    /// <exception cref="LogUnavailableException">The log could not keep it; it says whether it may hold all the same.</exception>
    ValueTask<Revocation> RevokeAsync(CallerFilter callers, DateTimeOffset until, CancellationToken cancellationToken = default);

    /// <summary>Ends a revocation before its time. Callers whom another one means stay refused.</summary>
    /// <param name="callers">The filter that it was made with.</param>
    /// <param name="cancellationToken">Ends the waiting; the revocation may be over all the same.</param>
    /// <returns>Whether there was one.</returns>
    /// <inheritdoc cref="RevokeAsync" path="/exception[@cref='T:Siar.Hub.HubStoppedException']" />
    /// <exception cref="LogUnavailableException">The log could not keep it; it says whether it may be over all the same.</exception>
    ValueTask<bool> LiftRevocationAsync(CallerFilter callers, CancellationToken cancellationToken = default);
}
