using Siar.Hub;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Journal.Following;
using Siar.Storage.Journal.Index;

namespace Siar.Storage.Journal.Appending;

/// <summary>
/// Appends to the stream what this hub has decided by its index, if the stream's last is still the one that the index has come to; else it comes up and
/// decides again:
/// <code>
/// decide at message n ── append behind n ──> taken in by the follower ──> answered
///    ↑                     ├ another stands there: come up to it ──┐
///    └─────────────────────┼───────────────────────────────────────┘
///                          └ no answer: the same again, until it is known, or the time is over: outcome unknown
/// </code>
/// </summary>
internal sealed class Appender(IJournal journal, LocalIndex index, JournalFollower follower, EngineClock clock, JournalOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Appends a batch; see <see cref="IEventLog.AppendAsync"/>.</summary>
    public async Task<IReadOnlyList<Appended>> AppendAsync(IReadOnlyList<Append> batch, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            while (true)
            {
                var decision = await index.DecideAsync(batch, () => follower.Seen, clock.Now, limit.Token);
                var accepted = decision.Accepted(batch);
                if (accepted.Length > 0)
                {
                    if (await TryAppendAsync(new Fact.Batch(accepted), accepted, decision.Sequence, limit.Token) is { } done) return decision.ResultsWith(done);
                }
                else if (!decision.HasRefusal || !await ComeUpAsync(decision.Sequence, limit.Token))
                {
                    return decision.ResultsWith([]);
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw NotReached(mayBeKept: false);
        }
    }

    /// <summary>Appends a fact that holds whatever else is appended.</summary>
    public async Task AppendAsync(Fact fact, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Timeout);
        try
        {
            while (await TryAppendAsync(fact, [], follower.Seen, limit.Token) is null)
            {
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw NotReached(mayBeKept: false);
        }
    }

    /// <summary>Appends a fact behind a message.</summary>
    /// <returns>What became of its appends; null where another message stands there, up to which the index has come now.</returns>
    public async Task<Appended[]?> TryAppendAsync(Fact fact, IReadOnlyList<Append> appends, long expectedLast, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var taken = follower.Expect(id, appends);
        var mayBeKept = false;
        try
        {
            var last = expectedLast;
            var messages = MessageFrame.Split(id, FactCodec.Write(fact, options.Clock?.GetUtcNow()), journal.MaxMessageBytes);
            for (var part = 0; part < messages.Count; part++)
            {
                var outcome = await SendAsync(messages[part], id, part, last, cancellationToken);
                if (outcome.IsConflict)
                {
                    if (outcome.IsOtherLife)
                    {
                        follower.Compare();
                        await Task.Delay(Pause, time, cancellationToken);
                        return null;
                    }

                    if (outcome.Sequence < last) follower.Compare();
                    await follower.WaitAsync(outcome.Sequence, cancellationToken);
                    return taken.IsCompletedSuccessfully ? await taken : null;
                }

                last = outcome.Sequence;
            }

            // It is kept; but what became of each append only the index will say.
            mayBeKept = true;
            return await taken.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (mayBeKept)
        {
            throw NotReached(mayBeKept: true);
        }
        finally
        {
            follower.Forget(id);
        }
    }

    // The same message until its outcome is known: what would be doubled is a conflict.
    private async Task<AppendOutcome> SendAsync(byte[] message, Guid id, int part, long expectedLast, CancellationToken cancellationToken)
    {
        var isUnknown = false;
        while (true)
        {
            try
            {
                var outcome = await journal.AppendAsync(message, $"{id:N}-{part}", expectedLast, beginsEpoch: false, cancellationToken);
                if (!outcome.IsConflict || !isUnknown) return outcome;

                // An attempt whose answer was lost may be what stands there.
                return await journal.FindAsync(expectedLast + 1, cancellationToken) is { } entry && MessageFrame.Read(entry.Message) is var frame && frame.Id == id && frame.Part == part
                    ? new AppendOutcome(expectedLast + 1, IsConflict: false)
                    : outcome;
            }
            catch (OperationCanceledException)
            {
                throw NotReached(mayBeKept: true);
            }
            catch (LogUnavailableException failure) when (failure.State is not LogState.Full)
            {
                isUnknown |= failure.MayBeKept;
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) throw NotReached(isUnknown);
        }
    }

    private async Task<bool> ComeUpAsync(long seen, CancellationToken cancellationToken)
    {
        var last = (await journal.ReadStateAsync(cancellationToken)).Last;
        if (last <= seen) return false;
        await follower.WaitAsync(last, cancellationToken);
        return true;
    }

    private LogUnavailableException NotReached(bool mayBeKept) => new(
        LogState.Unavailable, $"The log's engine cannot be reached, or does not answer: it was tried for {options.Timeout.TotalSeconds:0} s. ({journal.Description})") { MayBeKept = mayBeKept };
}
