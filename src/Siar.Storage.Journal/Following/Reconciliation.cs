using Siar.Hub;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Journal.Index;
using Siar.Storage.Journal.Snapshots;

namespace Siar.Storage.Journal.Following;

/// <summary>
/// Compares a hub's index with the stream before it is followed. Where the stream no longer has what the index holds, it has lost something, or is another:
/// the index is made again, and what was lost is told as another epoch.
/// </summary>
/// <param name="journal">The stream.</param>
/// <param name="index">The index.</param>
/// <param name="snapshots">Copies beside the stream.</param>
/// <param name="plan">By which a stream is trimmed that has nothing in it yet.</param>
/// <param name="clock">The time of facts; null for the engine's.</param>
internal sealed class Reconciliation(IJournal journal, LocalIndex index, SnapshotStore snapshots, RetentionPlan plan, TimeProvider? clock)
{
    /// <summary>Compares, and mends the index. The loop that follows calls it.</summary>
    public async Task RunAsync(JournalFollower follower, CancellationToken cancellationToken)
    {
        if (!index.IsOpen) index.TryOpen();
        var state = await journal.ReadStateAsync(cancellationToken);
        if (state.Last == 0) state = await FoundAsync(cancellationToken);
        if (!index.IsOpen)
        {
            await BeginAsync(state, cancellationToken);
        }
        else if (await FindLossAsync(state, cancellationToken) is { } common)
        {
            if (await IsSameLogAsync(cancellationToken)) await EndEpochAsync(common, cancellationToken);
            await MakeAgainAsync(state, cancellationToken);
        }
        else if (state.First > index.Point.Sequence + 1)
        {
            await MakeAgainAsync(state, cancellationToken);
        }

        state = await journal.ReadStateAsync(cancellationToken);
        if (state.IsOtherLife) await BeginLifeAsync(follower, cancellationToken);

        // An index that is made again, also where the attempt before this one was cut off, is not shown before it is whole.
        if (follower.Tail is not null) await follower.ReadThroughAsync(state.Last, cancellationToken);
        follower.LearnEpochs();
        if (follower.Tail is not null) index.Show();
    }

    /// <summary>Makes a message of a fact that needs only one.</summary>
    public byte[] MessageOf(Fact fact, Guid id) => MessageFrame.Split(id, FactCodec.Write(fact, clock?.GetUtcNow()), int.MaxValue)[0];

    // Two hubs may do it at once: the second finds what the first has written.
    private async Task<JournalState> FoundAsync(CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var founding = new Fact.Founding(Epoch.New(), index.IsOpen ? index.Log.Plan : plan);
        await journal.AppendAsync(MessageOf(founding, id), id.ToString("N"), 0, beginsEpoch: true, cancellationToken);
        return await journal.ReadStateAsync(cancellationToken);
    }

    private async Task BeginAsync(JournalState state, CancellationToken cancellationToken)
    {
        if (state.First > 1)
        {
            await snapshots.LoadAsync(index, state, cancellationToken);
            return;
        }

        var first = await journal.FindAsync(1, cancellationToken) ?? throw Gone();
        if (new FactAssembly().Add(first) is not { Fact: Fact.Founding } founding)
            throw new LogUnavailableException(LogState.Unavailable, $"The stream does not begin as a log does: something else was published there. Name another log, or let go of what is there. ({journal.Description})");
        await index.BeginAsync(founding);
    }

    // The position up to which the stream is still what the index holds; null where it is all of it.
    private async Task<long?> FindLossAsync(JournalState state, CancellationToken cancellationToken)
    {
        var point = index.Point;
        if (point.Sequence <= state.Last && await IsInStreamAsync(point, state, cancellationToken)) return null;
        var (from, through) = (state.First, Math.Min(point.Sequence, state.Last));
        var common = 0L;
        while (from <= through)
        {
            var middle = from + ((through - from) / 2);
            if (await index.FindPointAsync(middle) is not { } remembered) return common;
            if (remembered.Sequence >= from && await IsInStreamAsync(remembered, state, cancellationToken))
            {
                common = remembered.Position;
                from = middle + 1;
            }
            else
            {
                through = Math.Min(middle, remembered.Sequence) - 1;
            }
        }

        return common;
    }

    // What was let go is taken to be what it was.
    private async Task<bool> IsInStreamAsync(IndexPoint point, JournalState state, CancellationToken cancellationToken)
    {
        if (point.Sequence < state.First) return true;
        return await journal.FindAsync(point.Sequence, cancellationToken) is { } entry && MessageFrame.Read(entry.Message).Id == point.Id;
    }

    private async Task MakeAgainAsync(JournalState state, CancellationToken cancellationToken)
    {
        index.Hide();
        await BeginAsync(state, cancellationToken);
    }

    // One that was founded anew has epochs of its own, and none of the ids that were given out.
    private async Task<bool> IsSameLogAsync(CancellationToken cancellationToken) =>
        await journal.FindAsync(1, cancellationToken) is not { } first || await index.FindPointAsync(1) is not { Sequence: 1 } remembered || MessageFrame.Read(first.Message).Id == remembered.Id;

    // Only behind all that is there: where another hub appends first, it has said so.
    private async Task BeginLifeAsync(JournalFollower follower, CancellationToken cancellationToken)
    {
        var last = (await journal.ReadStateAsync(cancellationToken)).Last;
        await follower.ReadThroughAsync(last, cancellationToken);
        var id = Guid.NewGuid();
        await journal.AppendAsync(MessageOf(new Fact.EpochBegun(Epoch.New(), index.Log.Head), id), id.ToString("N"), last, beginsEpoch: true, cancellationToken);
    }

    // Before anything else: whatever happens to this hub, no id means two events.
    private async Task EndEpochAsync(long after, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid();
        var message = MessageOf(new Fact.EpochBegun(Epoch.New(), after), id);
        while ((await journal.AppendAsync(message, id.ToString("N"), (await journal.ReadStateAsync(cancellationToken)).Last, beginsEpoch: true, cancellationToken)).IsConflict)
        {
        }
    }

    private LogUnavailableException Gone() => new(LogState.Unavailable, $"The beginning of the log's stream went while it was read: it will be tried again. ({journal.Description})");
}
