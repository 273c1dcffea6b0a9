using Siar.Hub;
using Siar.Storage.Journal.Index;
using Siar.Storage.Sqlite;

namespace Siar.Storage.Journal.Copying;

/// <summary>A log in a journal, as an image: a copy of an index that has come up to the stream.</summary>
internal sealed class JournalImage(DirectoryInfo folder, FileImage file, Func<CancellationToken, Task> checkAsync) : ILogImage
{
    /// <inheritdoc />
    public LogImageSummary Summary => file.Summary;

    /// <summary>Makes one.</summary>
    /// <param name="index">The index.</param>
    /// <param name="checkAsync">Throws where the stream has gone on.</param>
    public static async Task<ILogImage> MakeAsync(LocalIndex index, Func<CancellationToken, Task> checkAsync)
    {
        var folder = Directory.CreateTempSubdirectory("siar-image-");
        try
        {
            var path = Path.Combine(folder.FullName, "copy.db");
            await index.CopyAsync(path);
            return new JournalImage(folder, FileImage.Open(path, index.Log.Plan), checkAsync);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadEventsAsync(CancellationToken cancellationToken) => file.ReadEventsAsync(cancellationToken);

    /// <inheritdoc />
    public IAsyncEnumerable<ImageEvent> ReadCompactedEventsAsync(CancellationToken cancellationToken) => file.ReadCompactedEventsAsync(cancellationToken);

    /// <inheritdoc />
    public async IAsyncEnumerable<ImageKey> ReadKeysAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var key in file.ReadKeysAsync(cancellationToken)) yield return key;

        // What is read last shows whether a hub has appended since the index was copied: no engine can be locked.
        await checkAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await file.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
