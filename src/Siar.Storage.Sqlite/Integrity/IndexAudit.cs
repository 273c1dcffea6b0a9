using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Integrity;

/// <summary>
/// Goes through the tables by which events are found by topic, in the order in which they are searched, and compares them with the digests that
/// were kept as they were written. Used by one thread, within a snapshot of the file.
/// </summary>
/// <param name="database">The file.</param>
/// <param name="isCancelled">Whether to stop; asked now and then.</param>
internal sealed class IndexAudit(Database database, Func<bool> isCancelled)
{
    private const int AskedEvery = 16_384;

    private int _read;

    /// <summary>Whether the tables are what was written; null where it was cancelled.</summary>
    public bool? IsSound()
    {
        try
        {
            return DigestOfEntries() is { } entries && entries == Stored("entries")
                && DigestOfTopics() is { } topics && topics.Whole == Stored("topics")
                && DigestOfNames() == topics.Names && DigestOfUrls() == topics.Urls && DigestWithoutUrl() == topics.WithoutUrl;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (SqliteLogException failure) when (failure.Failure is SqliteLogFailure.Damaged)
        {
            return false;
        }
    }

    /// <summary>Makes the digests of a file that has none, within the caller's transaction.</summary>
    public static void Make(Database database)
    {
        var audit = new IndexAudit(database, () => false);
        if (audit.Stored("entries") is not null) return;
        using var save = database.Prepare("UPDATE integrity SET entries = ?1, topics = ?2");
        save.Bind(1, audit.DigestOfEntries() ?? 0).Bind(2, audit.DigestOfTopics()?.Whole ?? 0).Run();
    }

    private long? DigestOfEntries()
    {
        var (topic, position) = (long.MinValue, 0L);
        return Digest("SELECT topic, position FROM event_topic ORDER BY topic, position", row =>
        {
            var (before, after) = ((topic, position), (row.Number(0), row.Number(1)));
            (topic, position) = after;
            return after.CompareTo(before) > 0 ? IndexDigest.Entry(topic, position) : null;
        }) ^ IndexDigest.Indexed(database.ReadNumber("SELECT through FROM indexed") ?? -1);
    }

    private TopicDigests? DigestOfTopics()
    {
        var (id, names, urls, without) = (long.MinValue, 0L, 0L, 0L);
        var all = Digest("SELECT id, name, url FROM topic ORDER BY id", row =>
        {
            if (row.Number(0) <= id) return null;
            id = row.Number(0);
            var name = IndexDigest.Name(id, row.Blob(1));
            var url = IndexDigest.Url(id, row.Blob(2));
            names ^= name;
            if (row.IsNull(2)) without ^= url;
            else urls ^= url;
            return name ^ url;
        });
        return all is null ? null : new TopicDigests(names, urls, without);
    }

    private long? DigestOfNames()
    {
        var name = new List<byte>();
        var isFirst = true;
        return Digest("SELECT id, name FROM topic INDEXED BY sqlite_autoindex_topic_1 ORDER BY name", row =>
        {
            if (!isFirst && CompareTo(name, row.Blob(1)) <= 0) return null;
            isFirst = false;
            Keep(name, row.Blob(1));
            return IndexDigest.Name(row.Number(0), row.Blob(1));
        });
    }

    private long? DigestOfUrls()
    {
        var (url, id) = (new List<byte>(), long.MinValue);
        return Digest("SELECT id, url FROM topic INDEXED BY topic_url WHERE url IS NOT NULL ORDER BY url, id", row =>
        {
            var order = id == long.MinValue ? 1 : CompareTo(url, row.Blob(1));
            if (order < 0 || (order == 0 && row.Number(0) <= id)) return null;
            id = row.Number(0);
            Keep(url, row.Blob(1));
            return IndexDigest.Url(id, row.Blob(1));
        });
    }

    private long? DigestWithoutUrl()
    {
        var id = long.MinValue;
        return Digest("SELECT id FROM topic INDEXED BY topic_without_url WHERE url IS NULL ORDER BY id", row =>
        {
            if (row.Number(0) <= id) return null;
            id = row.Number(0);
            return IndexDigest.Url(id, []);
        });
    }

    // Null where a row is none that may follow the one before: a search would pass over some.
    private long? Digest(string sql, Func<Statement, long?> digest)
    {
        using var rows = database.Prepare(sql);
        var sum = 0L;
        while (rows.Step())
        {
            if (++_read % AskedEvery == 0 && isCancelled()) throw new OperationCanceledException();
            if (digest(rows) is not { } one) return null;
            sum ^= one;
        }

        return sum;
    }

    // How the next compares to the one before: in the order of SQLite, which is that of bytes.
    private static int CompareTo(List<byte> before, ReadOnlySpan<byte> next) => next.SequenceCompareTo(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(before));

    private static void Keep(List<byte> kept, ReadOnlySpan<byte> bytes)
    {
        kept.Clear();
        kept.AddRange(bytes);
    }

    private long? Stored(string column) => database.ReadNumber($"SELECT {column} FROM integrity");

    private readonly record struct TopicDigests(long Names, long Urls, long WithoutUrl)
    {
        public long Whole => Names ^ Urls ^ WithoutUrl;
    }
}
