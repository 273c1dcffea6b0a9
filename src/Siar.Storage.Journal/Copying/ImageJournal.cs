using Siar.Hub;
using Siar.Storage.Journal.Facts;
using Siar.Storage.Journal.Index;
using Siar.Storage.Journal.Snapshots;
using Siar.Storage.Sqlite;

namespace Siar.Storage.Journal.Copying;

/// <summary>
/// Puts an image into a stream that has nothing in it: as the copy of an index that stands beside a stream, whose beginning is let go. So a hub begins with it
/// as with any log that has become long.
/// </summary>
internal sealed class ImageJournal(IJournal journal, TimeProvider time)
{
    /// <summary>Writes it.</summary>
    /// <exception cref="LogUnavailableException">The stream has something in it, or the engine cannot be reached. What was written then is no log yet.</exception>
    public async Task WriteAsync(ILogImage image, RetentionPlan plan, CancellationToken cancellationToken)
    {
        if ((await journal.ReadStateAsync(cancellationToken)).Last > 0) throw IsNotEmpty();
        var folder = Directory.CreateTempSubdirectory("siar-image-");
        try
        {
            var id = Guid.NewGuid();
            var path = Path.Combine(folder.FullName, "index.db");
            await ImageFile.WriteAsync(
                image,
                path,
                database =>
                {
                    var newest = DateTimeOffset.FromUnixTimeMilliseconds(database.ReadNumber("SELECT max(time) FROM event") ?? 0);
                    LocalIndex.Begin(database, plan, new IndexPoint(1, id, image.Summary.Head, time.GetUtcNow(), newest));
                },
                cancellationToken);
            await using var index = new LocalIndex(path, isKept: false, configure: null);
            if (!index.TryOpen()) throw new LogUnavailableException(LogState.Unavailable, "The index of the copy cannot be opened: is there room on the disk of temporary files?");

            // The copy first: a stream that has begun without it would be an empty log.
            await new SnapshotStore(journal, time).SaveAsync(index, cancellationToken);
            await AppendAsync(new Fact.Founding(index.Log.Epoch, plan), id, 0, cancellationToken);
            await AppendAsync(new Fact.Tick(), Guid.NewGuid(), 1, cancellationToken);
            await journal.TrimAsync(1, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task AppendAsync(Fact fact, Guid id, long behind, CancellationToken cancellationToken)
    {
        var message = MessageFrame.Split(id, FactCodec.Write(fact, clock: null), int.MaxValue)[0];
        if (await journal.AppendAsync(message, id.ToString("N"), behind, beginsEpoch: true, cancellationToken) is { IsConflict: true }) throw IsNotEmpty();
    }

    private LogUnavailableException IsNotEmpty() =>
        new(LogState.Unavailable, $"There is a log already: give the copy another name, or let go of what is there. ({journal.Description})");
}
