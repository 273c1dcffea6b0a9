using Siar.Hub;
using Siar.Storage.Sqlite.Opening;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Tests.Opening;

public sealed class DamageTests : IDisposable
{
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24 + 4_096;
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_file_that_was_cut_off_is_recognised()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 500);
        Cut(_folder.Path, new FileInfo(_folder.Path).Length / 2);
        Refusal().ShouldContain("cut off");
    }

    [Fact]
    public async Task A_file_that_was_cut_off_is_recognised_beside_its_write_ahead_log()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 500);
        await using var again = _folder.Open();
        await LogFolder.AppendAsync(again, 3);
        using var copy = _folder.Copy();
        Cut(copy.Path, new FileInfo(copy.Path).Length / 2);
        Should.Throw<SqliteLogException>(() => copy.Open()).Message.ShouldContain("cut off");
    }

    [Fact]
    public async Task A_write_ahead_log_that_is_gone_is_missed()
    {
        await using var log = _folder.Open();
        using var copy = _folder.Copy();
        File.Delete(copy.WriteAheadPath);
        var refused = Should.Throw<SqliteLogException>(() => copy.Open());
        refused.Failure.ShouldBe(SqliteLogFailure.Damaged);
        refused.Message.ShouldContain("is gone");
    }

    [Fact]
    public async Task A_write_ahead_log_that_was_emptied_is_missed()
    {
        await using var log = _folder.Open();
        using var copy = _folder.Copy();
        Cut(copy.WriteAheadPath, 0);
        Should.Throw<SqliteLogException>(() => copy.Open()).Message.ShouldContain("is gone");
    }

    [Fact]
    public async Task A_write_ahead_log_whose_beginning_was_overwritten_is_recognised()
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 5);
        using var copy = _folder.Copy();
        LogFolder.Change(copy.WriteAheadPath, 8, 8);
        Should.Throw<SqliteLogException>(() => copy.Open()).Message.ShouldContain("overwritten at its beginning");
    }

    [Fact]
    public async Task A_write_ahead_log_that_was_changed_before_its_last_commit_is_recognised()
    {
        await using var log = _folder.Open();
        var before = await LengthAfterAsync(log, 5);
        await LengthAfterAsync(log, 5);
        using var copy = _folder.Copy();
        LogFolder.Change(copy.WriteAheadPath, before - FrameBytes + 100);
        Should.Throw<SqliteLogException>(() => copy.Open()).Message.ShouldContain("was changed in frame");
    }

    [Fact]
    public async Task The_last_unacknowledged_write_may_be_cut_at_any_byte()
    {
        await using var log = _folder.Open();
        var before = await LengthAfterAsync(log, 20);
        var kept = await LogFolder.PositionsAsync(log);
        var after = await LengthAfterAsync(log, 1, bytes: 30_000);
        using var whole = _folder.Copy();
        var random = new Random(4);
        for (var i = 0; i < 60; i++)
        {
            var length = i < 30 ? before + (random.Next((int)((after - before) / FrameBytes) + 1) * FrameBytes) + (i % 25) : random.NextInt64(before, after);
            using var copy = whole.Copy();
            Cut(copy.WriteAheadPath, Math.Min(length, after - 1));
            await ShouldHoldAsync(copy, kept, $"cut at byte {length} of {before} to {after}");
        }
    }

    [Fact]
    public async Task The_last_unacknowledged_write_may_be_garbled_anywhere()
    {
        await using var log = _folder.Open();
        var before = await LengthAfterAsync(log, 20);
        var kept = await LogFolder.PositionsAsync(log);
        var after = await LengthAfterAsync(log, 1, bytes: 30_000);
        using var whole = _folder.Copy();
        var random = new Random(5);
        for (var i = 0; i < 40; i++)
        {
            using var copy = whole.Copy();
            var at = random.NextInt64(before, after);
            LogFolder.Change(copy.WriteAheadPath, at);
            await ShouldHoldAsync(copy, kept, $"garbled at byte {at} of {before} to {after}");
        }
    }

    [Fact]
    public async Task An_event_whose_bytes_have_changed_is_given_to_nobody()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 50);
        _folder.DamageEvent(17);

        await using var again = _folder.Open();
        var before = await again.ReadAsync(new LogQuery(0, MatcherSet.All, 100, 100_000));
        (before.Events.Length, before.ReadThrough, before.Damage).ShouldBe((16, 16, null));
        var damaged = await again.ReadAsync(new LogQuery(16, MatcherSet.All, 100, 100_000));
        (damaged.Events.Length, damaged.ReadThrough).ShouldBe((0, 17));
        damaged.Damage.ShouldNotBeNull().ShouldContain("position 17");
        (await again.ReadAsync(new LogQuery(17, MatcherSet.All, 100, 100_000))).Events.Length.ShouldBe(33);
    }

    [Fact]
    public async Task A_page_that_was_overwritten_is_recognised_when_it_is_met()
    {
        await using (var log = OpenIndexed()) await LogFolder.AppendAsync(log, 500);
        _folder.DamagePageOf(170);

        await using var again = OpenIndexed();
        var positions = await LogFolder.PositionsAsync(again);
        positions.ShouldNotContain(170);
        positions.ShouldContain(1);
        positions.ShouldContain(500);
        await LogFolder.AppendAsync(again, 1);
    }

    [Fact]
    public async Task A_page_that_was_overwritten_among_the_newest_is_recognised_when_the_log_is_opened()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 500);
        _folder.DamagePageOf(170);
        Refusal().ShouldContain("malformed");
    }

    public void Dispose() => _folder.Dispose();

    // Most events are in the tables, and need not be read to open the log.
    private SqliteLog OpenIndexed() => _folder.Open(configure: o => o.IndexedAtOnce = 50);

    private string Refusal()
    {
        var refused = Should.Throw<SqliteLogException>(() => _folder.Open());
        refused.Failure.ShouldBe(SqliteLogFailure.Damaged);
        refused.Message.ShouldContain("siar log restore");
        return refused.Message;
    }

    private async Task<long> LengthAfterAsync(SqliteLog log, int events, int bytes = 100)
    {
        await LogFolder.AppendAsync(log, events, bytes: bytes);
        return HeaderBytes + ((long)WriteAheadLog.Read(_folder.WriteAheadPath).Frames * FrameBytes);
    }

    private static async Task ShouldHoldAsync(LogFolder copy, List<long> kept, string what)
    {
        await using var log = copy.Open();
        var positions = await LogFolder.PositionsAsync(log);
        positions.ShouldBe(kept, what);
        (await LogFolder.AppendAsync(log, 1))[0].Position.ShouldBe(kept[^1] + 1, what);
    }

    private static void Cut(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }
}
