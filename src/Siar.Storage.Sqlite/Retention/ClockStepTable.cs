using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Retention;

/// <summary>From when the ages of events count, as it stands in the file. Belongs to the writer.</summary>
internal sealed class ClockStepTable : IDisposable
{
    private readonly Database _database;
    private readonly Statement _save;

    public ClockStepTable(Database database)
    {
        _database = database;
        _save = database.Prepare("INSERT INTO clock_step (position, time) VALUES (?1, ?2)");
        Load();
    }

    /// <summary>From when ages count. What times the events in the file have nobody has looked at: the clock is taken to be behind some.</summary>
    public EventAges Ages { get; } = new(DateTimeOffset.MaxValue);

    /// <summary>Looks at the clock, within the caller's transaction.</summary>
    /// <returns>Whether it is behind an event, so that some may count as older now.</returns>
    public bool See(DateTimeOffset now, long head)
    {
        if (!Ages.See(now, head)) return false;
        Save();
        return true;
    }

    /// <summary>Lets go of what is about events that are gone, within the caller's transaction.</summary>
    /// <param name="through">No event that counts is at this position or before it.</param>
    public void Forget(long through)
    {
        if (Ages.Forget(through)) Save();
    }

    /// <summary>Reads again what is there: a transaction was rolled back.</summary>
    public void Load()
    {
        Ages.Clear();
        using var rows = _database.Prepare("SELECT position, time FROM clock_step ORDER BY position");
        while (rows.Step()) Ages.Add(new ClockStep(rows.Number(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.Number(1))));
        Ages.Note(DateTimeOffset.MaxValue);
    }

    public void Dispose() => _save.Dispose();

    private void Save()
    {
        _database.Execute("DELETE FROM clock_step");
        foreach (var step in Ages.Steps) _save.Bind(1, step.Through).Bind(2, step.Time.ToUnixTimeMilliseconds()).Run();
    }
}
