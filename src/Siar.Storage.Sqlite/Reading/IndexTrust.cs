using Siar.Storage.Sqlite.Indexing;
using Siar.Storage.Sqlite.Integrity;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>
/// Whether events may be looked for by their topics: the tables that say where they are were gone through and are what was written. Where they are
/// not, the events themselves are gone through. They are gone through when the log is opened, each hour, and when a damaged place is met in the
/// file, since damage seldom comes alone. Safe for concurrent use.
/// </summary>
internal sealed class IndexTrust : IDisposable
{
    /// <summary>How often the tables are gone through while the log is open.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    private readonly ManualResetEventSlim _isKnown = new();
    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private long _audited;
    private readonly Database _database;
    private readonly TailIndex _tail;
    private readonly Thread _thread;
    private SqliteLogException? _damage;
    private volatile bool _isSound;
    private volatile bool _isCancelled;
    private bool _isAsked;

    /// <summary>Makes one that knows nothing before <see cref="Begin"/>.</summary>
    /// <param name="database">A connection of its own.</param>
    /// <param name="tail">What of the index is in memory.</param>
    /// <param name="time">The clock that the hour is measured by.</param>
    public IndexTrust(Database database, TailIndex tail, TimeProvider time)
    {
        _database = database;
        _tail = tail;
        _time = time;
        _audited = time.GetTimestamp();
        _thread = new Thread(Run) { IsBackground = true, Name = "siar log audit" };
    }

    /// <summary>What is wrong; null where nothing is, or it is not known yet.</summary>
    public SqliteLogException? Damage => Volatile.Read(ref _damage) ?? _tail.Damage;

    /// <summary>Goes through the tables, in a thread of its own, for the first time.</summary>
    public void Begin() => _thread.Start();

    /// <summary>Goes through the tables again, where the last time is an hour ago.</summary>
    public void LookWhenDue()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _audited)) >= Interval) LookAgain();
    }

    /// <summary>Goes through the tables again, soon.</summary>
    public void LookAgain()
    {
        Volatile.Write(ref _audited, _time.GetTimestamp());
        Ask();
    }

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
        Ask();
        if (_thread.ThreadState is not (ThreadState.Unstarted or (ThreadState.Unstarted | ThreadState.Background))) _thread.Join();
        _database.Dispose();
        _isKnown.Set();
    }

    // Tables that are not what was written do not become so again.
    private void Run()
    {
        do
        {
            Audit();
            _isKnown.Set();
        }
        while (_isSound && IsAskedAgain());
    }

    private void Ask()
    {
        lock (_gate)
        {
            _isAsked = true;
            Monitor.Pulse(_gate);
        }
    }

    private bool IsAskedAgain()
    {
        lock (_gate)
        {
            while (!_isAsked && !_isCancelled) Monitor.Wait(_gate);
            _isAsked = false;
            return !_isCancelled;
        }
    }

    private void Audit()
    {
        try
        {
            // What this connection has read before may not be what is in the file now.
            _database.Execute("PRAGMA shrink_memory");
            _database.Execute("BEGIN");
            var isSound = new IndexAudit(_database, () => _isCancelled).IsSound();
            if (isSound is false) Volatile.Write(ref _damage, NotWhatWasWritten());
            _isSound = isSound is true;
        }
        catch (SqliteLogException failure)
        {
            Volatile.Write(ref _damage, failure);
            _isSound = false;
        }
        finally
        {
            _database.RollBack();
        }
    }

    private SqliteLogException NotWhatWasWritten() => new(
        SqliteLogFailure.Damaged,
        $"The log '{_database.Path}' is damaged: the tables that say which topics there are and where their events are, are not what was written. All events that can be read are given, but it takes longer to find them. Put the tables right by 'siar log restore'.");
}
