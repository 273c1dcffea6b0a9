using Siar.Hub;
using Siar.Storage.Sqlite.Native;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Tests.Reading;

/// <summary>What a file has lost is told in its place, and everything else is given.</summary>
public sealed class DamagedReadTests : IDisposable
{
    private const int Events = 300;
    private readonly LogFolder _folder = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_event_that_was_changed_is_told_and_all_others_are_given(bool byTopic)
    {
        await AppendAsync();
        _folder.DamageEvent(150);
        await using var log = Open();
        var (given, lost) = await ReadAsync(log, byTopic);
        given.ShouldBe(Enumerable.Range(1, Events).Where(i => i != 150).Select(i => (long)i));
        lost.ShouldBe([(149, 150)]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_page_of_the_file_that_cannot_be_read_is_told_and_what_is_behind_it_is_given(bool byTopic)
    {
        await AppendAsync();
        _folder.DamagePageOf(150);
        await using var log = Open();
        var (given, lost) = await ReadAsync(log, byTopic);
        Check(given, lost);
        lost.ShouldNotBeEmpty();
        given.ShouldContain(1);
        given.ShouldContain(Events);
        (Events - given.Count).ShouldBeLessThan(100);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_of_the_file_that_have_changed_places_hide_no_event_in_silence(bool byTopic)
    {
        await AppendAsync();
        _folder.SwapPagesOf(100, 200);
        await using var log = Open();
        var (given, lost) = await ReadAsync(log, byTopic);
        Check(given, lost);
        lost.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_of_the_file_that_have_changed_places_hide_no_event_wherever_a_reader_begins(bool byTopic)
    {
        await AppendAsync();
        _folder.SwapPagesOf(100, 200);
        await using var log = Open();
        for (var after = 0L; after < Events; after++)
        {
            var (given, lost) = await ReadAsync(log, byTopic, after);
            Check(given, lost, after);
        }
    }

    [Fact]
    public async Task A_table_of_the_index_that_is_not_what_was_written_hides_no_event_and_is_told_by_the_log_s_health()
    {
        await AppendAsync();
        using (var database = Database.Open(_folder.Path, DatabaseAccess.Write)) database.Execute("DELETE FROM event_topic WHERE position BETWEEN 20 AND 30");
        await using var log = Open();
        var (given, lost) = await ReadAsync(log, byTopic: true);
        given.ShouldBe(Enumerable.Range(1, Events).Select(i => (long)i));
        lost.ShouldBeEmpty();
        log.Health.State.ShouldBe(LogState.Damaged);
        await LogFolder.AppendAsync(log, 1);
        log.Health.State.ShouldBe(LogState.Damaged);
        SqliteLogFile.Verify(_folder.Path).IsSound.ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_of_the_index_that_is_damaged_while_the_log_is_open_is_found_within_the_hour_or_when_other_damage_is_met(bool isOtherMet)
    {
        await AppendAsync();
        await using var log = Open();
        (await ReadAsync(log, byTopic: true)).Given.Count.ShouldBe(Events);
        using (var database = Database.Open(_folder.Path, DatabaseAccess.Write))
        {
            database.Execute("DELETE FROM event_topic WHERE position BETWEEN 20 AND 30");
            if (isOtherMet) database.Execute("UPDATE event SET data = 'changed' WHERE position = 200");
        }

        if (isOtherMet) (await ReadAsync(log, byTopic: false)).Lost.ShouldNotBeEmpty();
        else _folder.Time.Advance(TimeSpan.FromHours(1));
        await log.MaintainAsync();
        SpinWait.SpinUntil(() => log.Health.State is LogState.Damaged, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        var (given, lost) = await ReadAsync(log, byTopic: true);
        Check(given, lost);
        given.ShouldContain(25);
    }

    public void Dispose() => _folder.Dispose();

    // Every event is given, in order and once, or lies in a place of which it was told that it cannot be read.
    private static void Check(List<long> given, List<(long After, long Through)> lost, long after = 0)
    {
        given.ShouldBe(given.Distinct().Order());
        for (var position = after + 1; position <= Events; position++)
            (given.Contains(position) || lost.Any(l => position > l.After && position <= l.Through)).ShouldBeTrue($"{position} is missing without a word after {after}");
    }

    private static async Task<(List<long> Given, List<(long After, long Through)> Lost)> ReadAsync(SqliteLog log, bool byTopic, long after = 0)
    {
        var matchers = byTopic ? MatcherSet.OfTopics(Topic.Parse("a")) : MatcherSet.All;
        var given = new List<long>();
        var lost = new List<(long, long)>();
        while (after < log.Head)
        {
            var page = await log.ReadAsync(new LogQuery(after, matchers, 40, 1 << 20));
            page.ReadThrough.ShouldBeGreaterThan(after);
            foreach (var logged in page.Events) logged.Content.GetText().ShouldStartWith($"<{logged.Position}>");
            if (page.Damage is not null)
            {
                page.Events.ShouldBeEmpty();
                lost.Add((after, page.ReadThrough));
            }

            given.AddRange(page.Events.Select(e => e.Position));
            after = page.ReadThrough;
        }

        return (given, lost);
    }

    private SqliteLog Open() => _folder.Open(configure: o => o.IndexedAtOnce = 50);

    private async Task AppendAsync()
    {
        await using var log = Open();
        await LogFolder.AppendAsync(log, Events);
    }
}
