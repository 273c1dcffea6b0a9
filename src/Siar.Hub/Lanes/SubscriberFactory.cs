using System.Collections.Immutable;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>Makes subscribers: finds out where each begins, and which lane it goes to. May be used from any thread.</summary>
/// <param name="context">What the lanes share.</param>
/// <param name="lanes">The lanes.</param>
internal sealed class SubscriberFactory(LaneContext context, ImmutableArray<Lane> lanes)
{
    private long _lastNumber;

    /// <summary>Who is refused.</summary>
    public RevocationTable Refused { get; } = new();

    /// <summary>Says of what has let a reader in that it counts no more; null where everything counts.</summary>
    public Func<object, bool>? IsRevoked { get; set => Volatile.Write(ref field, value); }

    /// <summary>
    /// Finds out where a reader begins, and counts its patterns: what is published from now on is wanted, but nothing is written before
    /// <see cref="PreparedSubscriber.Attach"/>.
    /// </summary>
    /// <exception cref="LimitExceededException">The request holds more patterns than the hub may have.</exception>
    public async ValueTask<PreparedSubscriber> PrepareAsync(SubscribeRequest request, Outlet outlet, CancellationToken cancellationToken)
    {
        // Before anything else is awaited: what is published from here on is wanted.
        if (context.Log is OpeningLog { Opened: null } opening) await opening.WaitAsync(cancellationToken);
        var head = context.Log.Head;
        if (context.Presence?.AsListener(request) is not { } listening) return await PrepareFromAsync(request, outlet, head, isListener: false, cancellationToken);

        try
        {
            await context.Presence.BeginListeningAsync(cancellationToken);
            return await PrepareFromAsync(listening, outlet, head, isListener: true, cancellationToken);
        }
        catch
        {
            context.Presence.EndListening();
            throw;
        }
    }

    private async ValueTask<PreparedSubscriber> PrepareFromAsync(SubscribeRequest request, Outlet outlet, long head, bool isListener, CancellationToken cancellationToken)
    {
        var lostEpochs = context.Window.LostEpochs;
        var start = request.Start.Kind switch
        {
            CursorKind.Now => new ResolvedCursor(head, null),
            CursorKind.Earliest => new ResolvedCursor(0, null),
            _ => await ResolveAsync(request.Start.Id, cancellationToken),
        };

        var trimmed = context.Log.Trimmed;
        var fromLogThrough = request.Start.Kind is CursorKind.Now ? 0 : trimmed.Bound(request.Matchers, request.Grants);

        // What was answered before the reader came is there for it, though the follower has not taken it yet.
        if (request.Start.Kind is not CursorKind.Now && context.Window.Head < head) fromLogThrough = Math.Max(fromLogThrough, head);
        var prelude = request.Start.Kind is CursorKind.Now ? Prelude(request, head) : null;
        var pausedThrough = isListener ? context.Presence!.MarkedThrough : 0;
        var damagedThrough = context.Pages.DamagedThrough;
        var number = Interlocked.Increment(ref _lastNumber);
        var lane = lanes[(int)(number % lanes.Length)];
        var subscriber = new Subscriber(request, outlet, lane)
        {
            Number = number,
            LostEpochs = lostEpochs,
            Cursor = prelude is null ? start.Position : 0,
            Replay = new Replay
            {
                Selection = prelude,
                PendingGap = start.Gap,
                FromLogThrough = fromLogThrough > start.Position ? fromLogThrough : 0,
                OwesClosings = request.Start.Kind is CursorKind.Now,
                PausedThrough = pausedThrough,
                DamagedThrough = damagedThrough,
            },
            HadGap = request.Start.Kind is CursorKind.After
                && (start.Gap is not null || start.Position < pausedThrough || start.Position < damagedThrough
                    || (fromLogThrough > start.Position && trimmed.Floor(request.Matchers, request.Grants) > start.Position)),
            IsOver = request.Start.Kind is CursorKind.After && start.Gap is null && Closing.IsAll(context.Log, request.Matchers, request.Grants, start.Position),
            IsListener = isListener,
        };

        // Last, so that nothing that fails before leaves them counted.
        context.Patterns.Take(request.Matchers);
        return new PreparedSubscriber(subscriber, Abandon, EndRevoked);
    }

    private static EventSelection? Prelude(SubscribeRequest request, long head)
    {
        if (request.Last is { } last) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(last);
        if (head == 0 || (!request.Snapshot && request.Last is null)) return null;
        return new EventSelection(request.Snapshot ? 0 : request.Last!.Value, request.Grants, head);
    }

    // Whoever revokes says so here first and to the lanes then: a reader that came to its lane after that is seen here.
    private void EndRevoked(Subscriber subscriber)
    {
        if (subscriber.Request.AdmittedBy is { } by && IsRevoked is { } isRevoked && isRevoked(by)) subscriber.Close(RevokedSignal.Untrusted);
        else if (FindRevocation(subscriber) is { } revocation) subscriber.Close(RevokedSignal.Of(revocation));
    }

    /// <summary>The revocation that means a reader; null where none does.</summary>
    public Revocation? FindRevocation(Subscriber subscriber) =>
        Refused.Count == 0 ? null : Refused.Find(subscriber.Request.Marks, subscriber.Request.Address, context.Clock.Now);

    private void Abandon(Subscriber subscriber)
    {
        context.Patterns.Return(subscriber.Request.Matchers);
        if (subscriber.IsListener) context.Presence!.EndListening();
    }

    private async ValueTask<ResolvedCursor> ResolveAsync(EventId id, CancellationToken cancellationToken)
    {
        // A lost id is known nowhere. Events without an id of their own must not be taken for it.
        if (id.IsNone) return new ResolvedCursor(0, GapReason.UnknownId);
        var resolved = await context.Log.ResolveAsync(id, cancellationToken);
        return resolved.Gap is GapReason.UnknownId && context.Window.Find(id) is { } position ? new ResolvedCursor(position, null) : resolved;
    }
}
