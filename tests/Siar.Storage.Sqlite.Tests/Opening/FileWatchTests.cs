using System.Diagnostics;
using Siar.Hub;
using Siar.Storage.Sqlite.Native;

namespace Siar.Storage.Sqlite.Tests.Opening;

/// <summary>A log whose file is taken away under it, and a file that has several names. On Linux.</summary>
public sealed class FileWatchTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public static TheoryData<string, LogState> Accidents => new()
    {
        { "deleted", LogState.Unavailable },
        { "moved", LogState.Unavailable },
        { "replaced", LogState.Unavailable },
        { "cut off", LogState.Damaged },
        { "emptied", LogState.Damaged },
        { "-wal deleted", LogState.Unavailable },
        { "-wal replaced", LogState.Unavailable },
        { "-wal cut off", LogState.Damaged },
        { "-wal emptied", LogState.Damaged },
        { "folder deleted", LogState.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Accidents))]
    public async Task Nothing_is_acknowledged_into_a_file_that_is_not_there_any_more(string accident, LogState state)
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 50);
        await log.CheckpointAsync();
        await LogFolder.AppendAsync(log, 20);
        Happen(accident);

        var refused = await Should.ThrowAsync<SqliteLogException>(async () => await LogFolder.AppendAsync(log, 1));
        refused.State.ShouldBe(state);
        refused.MayBeKept.ShouldBeFalse();
        refused.Message.ShouldContain("while the hub has it open");
        log.Health.State.ShouldBe(state);
        log.Health.Sentence!.ShouldNotContain(_folder.Path);
        log.Head.ShouldBe(70);
    }

    [Theory]
    [MemberData(nameof(Accidents))]
    public async Task It_is_seen_though_nobody_publishes(string accident, LogState state)
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 50);
        Happen(accident);
        await log.MaintainOnceAsync();
        log.Health.State.ShouldBe(state);
    }

    [Fact]
    public async Task A_file_that_is_put_back_is_gone_on_with()
    {
        await using (var log = _folder.Open())
        {
            await LogFolder.AppendAsync(log, 10);
            File.Move(_folder.Path, _folder.In("elsewhere.db"));
            await Should.ThrowAsync<SqliteLogException>(async () => await LogFolder.AppendAsync(log, 1));
            File.Move(_folder.In("elsewhere.db"), _folder.Path);
            await log.MaintainOnceAsync();
            log.Health.ShouldBe(LogHealth.Available);
            (await LogFolder.AppendAsync(log, 1))[0].Position.ShouldBe(11);
        }

        await using var again = _folder.Open();
        again.Head.ShouldBe(11);
    }

    [Fact]
    public async Task A_log_that_lost_its_write_ahead_log_keeps_everything_when_it_is_closed()
    {
        await using (var log = _folder.Open())
        {
            await LogFolder.AppendAsync(log, 30);
            Happen("-wal deleted");
            await log.MaintainOnceAsync();
        }

        await using var again = _folder.Open();
        (await LogFolder.PositionsAsync(again)).Count.ShouldBe(30);
    }

    [Fact]
    public async Task Another_log_in_its_place_is_left_alone_when_the_first_is_closed()
    {
        using var other = new LogFolder();
        await using var running = other.Open();
        await LogFolder.AppendAsync(running, 5);
        using var left = other.Copy();
        await using (var log = _folder.Open())
        {
            await LogFolder.AppendAsync(log, 30);
            File.Move(left.Path, _folder.Path, overwrite: true);
            File.Move(left.WriteAheadPath, _folder.WriteAheadPath, overwrite: true);
        }

        await using var again = _folder.Open();
        again.Head.ShouldBe(5);
    }

    [Fact]
    public async Task What_was_cut_off_is_not_made_to_look_whole_when_it_is_closed()
    {
        await using (var log = _folder.Open())
        {
            await LogFolder.AppendAsync(log, 500);
            await log.CheckpointAsync();
            Happen("cut off");
            await log.MaintainOnceAsync();
        }

        Should.Throw<SqliteLogException>(() => _folder.Open()).Message.ShouldContain("cut off");
    }

    [Fact]
    public async Task Trimming_and_shrinking_are_no_accident()
    {
        await using var log = _folder.Open(limits: new RetentionLimits(200, null, null), configure: options => (options.IndexedAtOnce, options.WriteAheadBytes) = (50, 64 << 10));
        for (var i = 0; i < 30; i++)
        {
            await LogFolder.AppendAsync(log, 200, bytes: i < 10 ? 5_000 : 100);
            await log.MaintainOnceAsync();
            await log.CheckpointAsync();
            log.Health.ShouldBe(LogHealth.Available);
        }
    }

    [Theory]
    [InlineData("hard link")]
    [InlineData("symbolic link")]
    [InlineData("new name")]
    public async Task One_hub_has_the_file_by_whatever_name(string name)
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 5);
        var other = OtherName(name);
        Should.Throw<SqliteLogException>(() => Open(other)).Failure.ShouldBe(SqliteLogFailure.InUse);
        if (name != "new name") await LogFolder.AppendAsync(log, 1);
    }

    [Fact]
    public async Task A_log_behind_a_symbolic_link_is_found_again_after_a_kill()
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 5);
        using var left = _folder.Copy();
        File.CreateSymbolicLink(left.In("link.db"), left.Path);
        await using var again = Open(left.In("link.db"));
        again.Head.ShouldBe(5);
    }

    [Fact]
    public async Task SQLites_own_locks_stay_when_somebody_else_is_refused_and_while_the_files_are_watched()
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 5);
        var inode = LinuxFile.Of(_folder.Path)!.Value.Identity.Inode;
        var before = LocksOn(inode);
        before.ShouldContain("POSIX");
        before.ShouldContain("OFDLCK");

        Should.Throw<SqliteLogException>(() => _folder.Open());
        Should.Throw<SqliteLogException>(() => Open(OtherName("hard link")));
        SqliteLogFile.Verify(_folder.Path).IsSound.ShouldBeTrue();
        SqliteLogFile.Inspect(_folder.Path).Events.ShouldBe(5);
        await log.MaintainOnceAsync();
        LocksOn(inode).ShouldBe(before);
    }

    public void Dispose() => _folder.Dispose();

    private SqliteLog Open(string path) => SqliteLog.Open(path, new SqliteLogOptions { Readers = 1 }, new RetentionPlan(new RetentionLimits(null, null, null), []), _folder.Time);

    private string OtherName(string name)
    {
        var other = _folder.In("other.db");
        if (name == "hard link") Process.Start("ln", [_folder.Path, other]).WaitForExit();
        else if (name == "symbolic link") File.CreateSymbolicLink(other, _folder.Path);
        else File.Move(_folder.Path, other);
        return other;
    }

    private void Happen(string accident)
    {
        var path = accident.StartsWith("-wal", StringComparison.Ordinal) ? _folder.WriteAheadPath : _folder.Path;
        switch (accident.Replace("-wal ", "", StringComparison.Ordinal))
        {
            case "deleted":
                File.Delete(path);
                break;
            case "moved":
                File.Move(path, _folder.In("elsewhere.db"));
                break;
            case "replaced":
                File.WriteAllBytes(_folder.In("other"), new byte[40_000]);
                File.Move(_folder.In("other"), path, overwrite: true);
                break;
            case "cut off":
                Cut(path, new FileInfo(path).Length / 2);
                break;
            case "emptied":
                Cut(path, 0);
                break;
            default:
                _folder.Dispose();
                break;
        }
    }

    private static void Cut(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        file.SetLength(length);
    }

    // What is locked of a file: kinds, modes and ranges.
    private static string LocksOn(ulong inode) => string.Join('\n', File.ReadLines("/proc/locks")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..])
        .Where(fields => fields[^3].EndsWith($":{inode}", StringComparison.Ordinal) && fields[0] is "POSIX" or "OFDLCK")
        .Select(fields => string.Join(' ', fields)).Order());
}
