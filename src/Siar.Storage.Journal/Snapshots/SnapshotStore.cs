using System.Buffers.Binary;
using System.IO.Compression;
using Siar.Hub;
using Siar.Storage.Journal.Index;

namespace Siar.Storage.Journal.Snapshots;

/// <summary>
/// Copies of an index beside the stream, so that the stream's beginning can be let go and a new hub need not read all there ever was: the file,
/// compressed, in pieces, and a note that says which pieces and how far the copy has come.
/// </summary>
internal sealed class SnapshotStore(IJournal journal, TimeProvider time)
{
    private const string NoteName = "snapshot";
    private const int NoteBytes = 28;
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private int PieceBytes => Math.Min(journal.MaxMessageBytes - 1_024, 512 << 10);

    /// <summary>Puts a copy of an index beside the stream, in the place of the one that is there.</summary>
    /// <returns>How far the copy has come: the stream is not needed up to there.</returns>
    public async Task<long> SaveAsync(LocalIndex index, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("siar-snapshot-");
        try
        {
            var file = Path.Combine(folder.FullName, "copy.db");
            var through = await index.CopyAsync(file);
            var id = Guid.NewGuid();
            var pieces = await WritePiecesAsync(file, id, cancellationToken);
            var before = await ReadNoteAsync(cancellationToken);
            await journal.PutAsync(NoteName, NoteOf(new Note(id, pieces, through)), cancellationToken);
            for (var i = 0; i < before?.Pieces; i++) await journal.DeleteAsync(NameOf(before.Id, i), cancellationToken);
            return through;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Begins an index with the copy.</summary>
    /// <exception cref="LogUnavailableException">There is none that the stream goes on from.</exception>
    public async Task LoadAsync(LocalIndex index, JournalState state, CancellationToken cancellationToken)
    {
        // Another hub may be putting a newer one in its place.
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await ReadNoteAsync(cancellationToken) is { } note && note.Through + 1 >= state.First && await TryLoadAsync(index, note, cancellationToken) && index.Point.Sequence <= state.Last) return;
            await Task.Delay(Pause, time, cancellationToken);
            state = await journal.ReadStateAsync(cancellationToken);
        }

        throw new LogUnavailableException(
            LogState.Unavailable, $"The stream's beginning was let go, and there is no copy of the log's index that it goes on from: put both streams back from one backup, or name another log. ({journal.Description})");
    }

    private async Task<bool> TryLoadAsync(LocalIndex index, Note note, CancellationToken cancellationToken)
    {
        var isWhole = true;
        var begun = await index.BeginAsync(async path =>
        {
            await using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
            await using var pipe = new PieceStream(i => i < note.Pieces ? journal.GetAsync(NameOf(note.Id, i), cancellationToken) : Task.FromResult<byte[]?>([]));
            await using var unpacked = new BrotliStream(pipe, CompressionMode.Decompress);
            try
            {
                await unpacked.CopyToAsync(file, cancellationToken);
            }
            catch (InvalidDataException)
            {
                isWhole = false;
            }
        });
        return begun && isWhole;
    }

    private async Task<int> WritePiecesAsync(string file, Guid id, CancellationToken cancellationToken)
    {
        var packed = file + ".br";
        await using (var from = new FileStream(file, FileMode.Open, FileAccess.Read))
        await using (var to = new FileStream(packed, FileMode.Create, FileAccess.Write))
        await using (var pack = new BrotliStream(to, CompressionLevel.Fastest))
        {
            await from.CopyToAsync(pack, cancellationToken);
        }

        await using var pieces = new FileStream(packed, FileMode.Open, FileAccess.Read);
        var piece = new byte[PieceBytes];
        var count = 0;
        while (await pieces.ReadAtLeastAsync(piece, piece.Length, throwOnEndOfStream: false, cancellationToken) is > 0 and var length)
            await journal.PutAsync(NameOf(id, count++), piece.AsMemory(0, length), cancellationToken);
        return count;
    }

    private async Task<Note?> ReadNoteAsync(CancellationToken cancellationToken)
    {
        if (await journal.GetAsync(NoteName, cancellationToken) is not { Length: NoteBytes } bytes) return null;
        return new Note(new Guid(bytes.AsSpan(0, 16)), BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(20)));
    }

    private static byte[] NoteOf(Note note)
    {
        var bytes = new byte[NoteBytes];
        note.Id.TryWriteBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), note.Pieces);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(20), note.Through);
        return bytes;
    }

    private static string NameOf(Guid id, int piece) => $"{NoteName}_{id:N}_{piece}";

    private sealed record Note(Guid Id, int Pieces, long Through);
}
