using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>
/// Whether events may be looked for by their topics: the tables that say where they are were gone through once, since the log was opened, and are
/// what was written. Where they are not, the events themselves are gone through. Safe for concurrent use.
/// </summary>
internal sealed class IndexTrust : IDisposable
{
    private readonly ManualResetEventSlim _isKnown = new();
    private readonly Database _database;
    private readonly TailIndex _tail;
    private readonly Thread _thread;
    private SqliteLogException? _damage;
    private volatile bool _isSound;
    private volatile bool _isCancelled;

    /// <summary>Makes one that knows nothing before <see cref="Begin"/>.</summary>
    /// <param name="database">A connection of its own.</param>
    /// <param name="tail">What of the index is in memory.</param>
    public IndexTrust(Database database, TailIndex tail)
    {
        _database = database;
        _tail = tail;
        _thread = new Thread(Audit) { IsBackground = true, Name = "siar log audit" };
    }

    /// <summary>What is wrong; null where nothing is, or it is not known yet.</summary>
    public SqliteLogException? Damage => Volatile.Read(ref _damage) ?? _tail.Damage;

    /// <summary>Goes through the tables, in a thread of its own.</summary>
    public void Begin() => _thread.Start();

    /// <summary>Whether the tables can be trusted. Waits until that is known: a second for some millions of events.</summary>
    public bool IsSound()
    {
        _isKnown.Wait();
        return _isSound && _tail.Damage is null;
    }

    /// <summary>Stops.</summary>
    public void Dispose()
    {
        _isCancelled = true;
        if (_thread.ThreadState is not (ThreadState.Unstarted or (ThreadState.Unstarted | ThreadState.Background))) _thread.Join();
        _database.Dispose();
        _isKnown.Set();
    }

    private void Audit()
    {
        try
        {
            _database.Execute("BEGIN");
            var isSound = new IndexAudit(_database, () => _isCancelled).IsSound();
            _isSound = isSound is true;
            if (isSound is false) Volatile.Write(ref _damage, NotWhatWasWritten());
        }
        catch (SqliteLogException failure)
        {
            Volatile.Write(ref _damage, failure);
        }
        finally
        {
            _database.RollBack();
            _isKnown.Set();
        }
    }

    private SqliteLogException NotWhatWasWritten() => new(
        SqliteLogFailure.Damaged,
        $"The log '{_database.Path}' is damaged: the tables that say which topics there are and where their events are, are not what was written. All events that can be read are given, but it takes longer to find them. Put the tables right by 'siar log restore'.");
}
