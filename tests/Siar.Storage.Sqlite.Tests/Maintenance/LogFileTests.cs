using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests.Maintenance;

public sealed class LogFileTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_summary_shows_topics_counts_bytes_oldest_and_newest()
    {
        await using var log = _folder.Open(limits: new RetentionLimits(8, null, null));
        await LogFolder.AppendAsync(log, 4, "a");
        _folder.Time.Advance(TimeSpan.FromSeconds(5));
        await LogFolder.AppendAsync(log, 6, "b");
        await log.MaintainOnceAsync();

        var summary = SqliteLogFile.Inspect(_folder.Path);
        summary.Events.ShouldBe(8);
        summary.Bytes.ShouldBe(800);
        summary.Topics.ShouldBe(2);
        summary.Head.ShouldBe(10);
        summary.Oldest.ShouldBe(new EventSummary(3, _folder.Time.GetUtcNow() - TimeSpan.FromSeconds(5)));
        summary.Newest!.Value.Position.ShouldBe(10);
        summary.Largest.ShouldBe([new TopicSummary(Topic.Parse("b"), 6, 5, 10), new TopicSummary(Topic.Parse("a"), 2, 3, 4)]);
        summary.Epochs.ShouldBe([new EpochSummary(log.Epoch, 0, null)]);
        summary.Classes.ShouldBe([new ClassSummary("", 2)]);
        summary.FileBytes.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Events_are_exported_while_a_hub_has_the_log_open()
    {
        await using var log = _folder.Open();
        var appended = await LogFolder.AppendAsync(log, 10);
        SqliteLogFile.Read(_folder.Path).Select(e => e.Id).ShouldBe(appended.Select(e => e.Id));
        SqliteLogFile.Read(_folder.Path, after: 7).Count().ShouldBe(3);
        await LogFolder.AppendAsync(log, 1);
    }

    [Fact]
    public async Task Looking_at_a_log_leaves_it_as_it_is()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 10);
        SqliteLogFile.Inspect(_folder.Path);
        SqliteLogFile.Verify(_folder.Path).IsSound.ShouldBeTrue();
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 1);
        SqliteLogFile.Inspect(_folder.Path).Epochs.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_sound_log_is_found_sound_also_while_it_is_open()
    {
        await using var log = _folder.Open(limits: new RetentionLimits(5, null, null));
        await LogFolder.AppendAsync(log, 10);
        await log.MaintainOnceAsync();
        var verdict = SqliteLogFile.Verify(_folder.Path);
        verdict.IsSound.ShouldBeTrue(string.Join('\n', verdict.Problems));
        verdict.Events.ShouldBe(5);
        verdict.IsComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task A_damaged_event_is_found_by_its_position()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 50);
        _folder.DamageEvent(17);
        var verdict = SqliteLogFile.Verify(_folder.Path);
        verdict.Problems.ShouldHaveSingleItem().ShouldContain("position 17");
        verdict.Events.ShouldBe(49);
    }

    [Fact]
    public async Task What_would_keep_a_log_from_being_opened_is_found()
    {
        await using var log = _folder.Open();
        await LogFolder.AppendAsync(log, 5);
        using var copy = _folder.Copy();
        File.Delete(copy.WriteAheadPath);
        SqliteLogFile.Verify(copy.Path).Problems.ShouldContain(p => p.Contains("is gone"));
    }

    [Fact]
    public async Task A_backup_of_an_open_log_is_put_back_under_a_new_epoch()
    {
        var log = _folder.Open();
        var appended = await LogFolder.AppendAsync(log, 10);
        SqliteLogFile.BackUp(_folder.Path, _folder.In("backup.db"));
        var later = await LogFolder.AppendAsync(log, 5);
        await log.DisposeAsync();

        var restoration = SqliteLogFile.Restore(_folder.In("backup.db"), _folder.Path, _folder.Time);
        restoration.Events.ShouldBe(10);
        restoration.Head.ShouldBe(10);
        restoration.Lost.ShouldBeEmpty();
        File.Exists(restoration.PutAside).ShouldBeTrue();

        await using var restored = _folder.Open();
        restored.Epoch.ShouldBe(restoration.Epoch);
        restored.Epoch.ShouldNotBe(log.Epoch);
        (await restored.ResolveAsync(appended[4].Id)).ShouldBe(new ResolvedCursor(5, null));
        (await restored.ResolveAsync(appended[5].Id)).ShouldBe(new ResolvedCursor(6, null));
        (await restored.ResolveAsync(HubEventId.Create(log.Epoch, later[0].Position))).ShouldBe(new ResolvedCursor(10, GapReason.OtherEpoch));
        (await LogFolder.AppendAsync(restored, 1))[0].Position.ShouldBe(11);
        (await LogFolder.PositionsAsync(restored)).ShouldBe(Enumerable.Range(1, 11).Select(i => (long)i));
    }

    [Fact]
    public async Task Lives_that_only_the_replaced_file_knows_lead_to_where_the_backup_ends()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 10);
        SqliteLogFile.BackUp(_folder.Path, _folder.In("early.db"));
        SqliteLogFile.Restore(_folder.Path, _folder.Path, _folder.Time);
        EventId lost;
        await using (var log = _folder.Open()) lost = HubEventId.Create(log.Epoch, (await LogFolder.AppendAsync(log, 3))[2].Position);

        SqliteLogFile.Restore(_folder.In("early.db"), _folder.Path, _folder.Time);
        await using var restored = _folder.Open();
        (await restored.ResolveAsync(lost)).ShouldBe(new ResolvedCursor(10, GapReason.OtherEpoch));
    }

    [Fact]
    public async Task A_copy_remembers_up_to_where_each_topic_was_dropped()
    {
        await using (var log = _folder.Open(limits: new RetentionLimits(5, null, null)))
        {
            await LogFolder.AppendAsync(log, 3, "quiet");
            await LogFolder.AppendAsync(log, 10, "busy");
            await log.MaintainOnceAsync();
        }

        SqliteLogFile.Restore(_folder.Path, _folder.Path, _folder.Time);

        await using var restored = _folder.Open(limits: new RetentionLimits(5, null, null));
        restored.Trimmed.Floor(MatcherSet.OfTopics(Topic.Parse("quiet")), MatcherSet.None).ShouldBe(3);
        restored.Trimmed.Floor(MatcherSet.OfTopics(Topic.Parse("busy")), MatcherSet.None).ShouldBe(8);
        (await restored.ResolveAsync(EventId.Parse("own-3"))).ShouldBe(new ResolvedCursor(3, null));
    }

    [Fact]
    public async Task What_can_be_read_of_a_damaged_log_is_gone_on_with_and_the_rest_is_a_gap()
    {
        Epoch epoch;
        await using (var log = _folder.Open())
        {
            epoch = log.Epoch;
            await LogFolder.AppendAsync(log, 500);
        }

        _folder.DamageEvent(17);
        _folder.DamagePageOf(170);
        var restoration = SqliteLogFile.Restore(_folder.Path, _folder.Path, _folder.Time);

        restoration.Lost[0].ShouldBe(new LostRange(17, 17));
        restoration.Lost[1].From.ShouldBeLessThanOrEqualTo(170);
        restoration.Lost[1].Through.ShouldBeInRange(170, 230);
        restoration.Head.ShouldBe(500);
        await using var restored = _folder.Open();
        (await LogFolder.PositionsAsync(restored)).Count.ShouldBe((int)restoration.Events);
        restored.Trimmed.Floor(MatcherSet.OfTopics(Topic.Parse("a")), MatcherSet.None).ShouldBe(restoration.Lost[1].Through);
        (await restored.ResolveAsync(HubEventId.Create(epoch, 400))).ShouldBe(new ResolvedCursor(400, null));
        (await restored.ResolveAsync(EventId.Parse("own-300"))).ShouldBe(new ResolvedCursor(300, null));
        SqliteLogFile.Verify(_folder.Path).Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_whose_write_ahead_log_is_gone_is_gone_on_with_under_a_new_epoch()
    {
        await using (var log = _folder.Open()) await LogFolder.AppendAsync(log, 5);
        await using var again = _folder.Open();
        var lost = await LogFolder.AppendAsync(again, 5);
        using var copy = _folder.Copy();
        File.Delete(copy.WriteAheadPath);

        SqliteLogFile.Restore(copy.Path, copy.Path, _folder.Time).Events.ShouldBe(5);
        await using var restored = copy.Open();
        (await restored.ResolveAsync(lost[0].Id)).ShouldBe(new ResolvedCursor(5, GapReason.OtherEpoch));
    }

    [Fact]
    public async Task Nothing_is_put_back_while_a_hub_has_the_log_open()
    {
        await using var log = _folder.Open();
        SqliteLogFile.BackUp(_folder.Path, _folder.In("backup.db"));
        Should.Throw<SqliteLogException>(() => SqliteLogFile.Restore(_folder.In("backup.db"), _folder.Path, _folder.Time))
            .Failure.ShouldBe(SqliteLogFailure.InUse);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Should.Throw<SqliteLogException>(() => SqliteLogFile.Inspect(_folder.In("nothing.db"))).Message.ShouldContain("nothing.db");

    public void Dispose() => _folder.Dispose();
}
