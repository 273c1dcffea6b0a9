using System.Text;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests;

/// <summary>A folder with a log's files, and what may happen to them.</summary>
internal sealed class LogFolder : IDisposable
{
    private const int PageBytes = 4_096;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");

    public LogFolder() => Path = In("siar.db");

    public ManualTimeProvider Time { get; } = new();

    /// <summary>The log's file.</summary>
    public string Path { get; }

    public string WriteAheadPath => Path + "-wal";

    public string In(string name) => System.IO.Path.Combine(_folder.FullName, name);

    public SqliteLog Open(
        SqliteDurability durability = SqliteDurability.PowerLoss, RetentionLimits? limits = null, Action<SqliteLogOptions>? configure = null)
    {
        var options = new SqliteLogOptions { Durability = durability, Readers = 1 };
        configure?.Invoke(options);
        return SqliteLog.Open(Path, options, new RetentionPlan(limits ?? LogFixture.NoLimits, []), Time);
    }

    /// <summary>The files as they would be found if the process died now, in a folder of their own.</summary>
    public LogFolder Copy()
    {
        var copy = new LogFolder();
        foreach (var companion in new[] { "", "-wal" })
        {
            if (File.Exists(Path + companion)) File.Copy(Path + companion, copy.Path + companion);
        }

        return copy;
    }

    public static async Task<List<LoggedEvent>> AppendAsync(SqliteLog log, int count, string topic = "a", int bytes = 100)
    {
        var events = new List<LoggedEvent>();
        for (var i = 0; i < count; i++)
        {
            var content = new Event([Topic.Parse(topic)], Encoding.UTF8.GetBytes($"<{log.Head + 1}>".PadRight(bytes, 'x'))) { Id = i % 3 == 2 ? EventId.Parse($"own-{log.Head + 1}") : default };
            events.AddRange((await log.AppendAsync([new Append([content])]))[0].Events);
        }

        return events;
    }

    public static async Task<List<long>> PositionsAsync(SqliteLog log)
    {
        var positions = new List<long>();
        for (var after = 0L; after < log.Head;)
        {
            var page = await log.ReadAsync(new LogQuery(after, MatcherSet.All, 500, 1 << 20));
            positions.AddRange(page.Events.Select(e => e.Position));
            after = page.ReadThrough;
        }

        return positions;
    }

    /// <summary>Changes a byte of an event, wherever SQLite has left copies of it.</summary>
    public void DamageEvent(long position)
    {
        foreach (var at in Find(position)) Change(Path, at + 8);
    }

    /// <summary>Overwrites the beginning of the page that an event is on.</summary>
    public void DamagePageOf(long position)
    {
        foreach (var page in Find(position).Select(at => at / PageBytes).Distinct()) Change(Path, page * PageBytes, 64);
    }

    /// <summary>Lets the pages that two events are on change places.</summary>
    public void SwapPagesOf(long one, long other)
    {
        var (first, second) = (Find(one)[0] / PageBytes, Find(other)[0] / PageBytes);
        var bytes = File.ReadAllBytes(Path);
        var kept = bytes.AsSpan(first * PageBytes, PageBytes).ToArray();
        bytes.AsSpan(second * PageBytes, PageBytes).CopyTo(bytes.AsSpan(first * PageBytes));
        kept.CopyTo(bytes.AsSpan(second * PageBytes));
        File.WriteAllBytes(Path, bytes);
    }

    /// <summary>Changes the bytes of a file in place.</summary>
    public static void Change(string path, long at, int count = 1)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        var bytes = new byte[count];
        file.Position = at;
        file.ReadExactly(bytes);
        for (var i = 0; i < count; i++) bytes[i] ^= 0x55;
        file.Position = at;
        file.Write(bytes);
    }

    public void Dispose()
    {
        if (_folder.Exists) _folder.Delete(recursive: true);
    }

    private List<int> Find(long position)
    {
        var found = new List<int>();
        var bytes = File.ReadAllBytes(Path);
        var text = Encoding.UTF8.GetBytes($"<{position}>");
        for (var at = 0; bytes.AsSpan(at).IndexOf(text) is >= 0 and var next; at += next + 1) found.Add(at + next);
        return found;
    }
}
