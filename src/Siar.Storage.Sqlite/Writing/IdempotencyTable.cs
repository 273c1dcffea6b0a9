using System.Buffers.Binary;
using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Writing;

/// <summary>The idempotency keys that the log knows. Belongs to the writer.</summary>
internal sealed class IdempotencyTable : IDisposable
{
    private const int ForgottenAtOnce = 512;

    private readonly Database _database;
    private readonly int _most;
    private readonly Statement _find;
    private readonly Statement _insert;
    private readonly Statement _oldest;
    private readonly Statement _deleteExpired;
    private readonly Statement _deleteOldest;
    private long? _count;

    /// <summary>Opens the table.</summary>
    /// <param name="database">The writer's connection.</param>
    /// <param name="most">How many keys are known at once.</param>
    public IdempotencyTable(Database database, int most)
    {
        _database = database;
        _most = most;
        _find = database.Prepare("SELECT fingerprint, position, time FROM idempotency WHERE scope = ?1 AND key = ?2 AND expires > ?3");
        _insert = database.Prepare(
            "INSERT OR REPLACE INTO idempotency (scope, key, fingerprint, position, time, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        _oldest = database.Prepare("SELECT min(expires) FROM idempotency");
        _deleteExpired = database.Prepare(
            "DELETE FROM idempotency WHERE ordinal IN (SELECT ordinal FROM idempotency WHERE expires <= ?1 ORDER BY expires LIMIT ?2)");
        _deleteOldest = database.Prepare("DELETE FROM idempotency WHERE ordinal IN (SELECT ordinal FROM idempotency ORDER BY ordinal LIMIT ?1)");
    }

    /// <summary>What was published under a key that is known at a moment.</summary>
    public IdempotentResult? Find(IdempotencyKey key, long now)
    {
        if (!_find.Bind(1, key.Scope).Bind(2, key.Key).Bind(3, now).Step()) return null;
        var found = new IdempotentResult(
            BinaryPrimitives.ReadUInt128BigEndian(_find.Blob(0)), _find.Number(1), DateTimeOffset.FromUnixTimeMilliseconds(_find.Number(2)));
        _find.Reset();
        return found;
    }

    /// <summary>Keeps a key, within the caller's transaction.</summary>
    public void Insert(IdempotencyKey key, LoggedEvent first)
    {
        Span<byte> fingerprint = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(fingerprint, key.Fingerprint);
        var time = first.Time.ToUnixTimeMilliseconds();
        _insert.Bind(1, key.Scope).Bind(2, key.Key).BindBlob(3, fingerprint).Bind(4, first.Position).Bind(5, time)
            .Bind(6, time + (long)key.KeepFor.TotalMilliseconds).Run();
        _count++;
    }

    /// <summary>Whether there are keys to be forgotten.</summary>
    public bool IsDue(long now) => Count > _most || _oldest.ReadNumber() <= now;

    /// <summary>Forgets some keys whose time is over, and the oldest where there are too many, within the caller's transaction.</summary>
    public void ForgetSome(long now)
    {
        var count = Count;
        _deleteExpired.Bind(1, now).Bind(2, ForgottenAtOnce).Run();
        count -= _database.Changes;
        if (count > _most)
        {
            _deleteOldest.Bind(1, Math.Min(count - _most, ForgottenAtOnce)).Run();
            count -= _database.Changes;
        }

        _count = count;
    }

    /// <summary>Counts anew when next asked: a transaction was rolled back.</summary>
    public void Recount() => _count = null;

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _oldest.Dispose();
        _deleteExpired.Dispose();
        _deleteOldest.Dispose();
    }

    // Keys that take the place of others are counted twice, until it is counted anew: too many by no more than those.
    private long Count => _count ??= _database.ReadNumber("SELECT count(*) FROM idempotency")!.Value;
}
