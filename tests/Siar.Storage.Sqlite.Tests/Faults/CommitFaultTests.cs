using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Storage.Sqlite.Native;
using Siar.Storage.Sqlite.Writing;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Sqlite.Tests.Faults;

/// <summary>Memory and file change together, whatever fails between them and wherever.</summary>
public sealed class CommitFaultTests : IDisposable
{
    private static readonly RetentionLimits Little = LogFixture.NoLimits with { MaxCount = 25 };
    private readonly LogFolder _folder = new();
    private readonly List<LoggedEvent> _acknowledged = [];
    private Func<CommitStep, bool> _fails = _ => false;
    private int _published;

    public static TheoryData<string, string> Faults => new MatrixTheoryData<string, string>(
        Enum.GetNames<CommitStep>().Except([nameof(CommitStep.Reloading)]), ["single", "batch", "closing", "keyed", "idempotent", "own id"]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_fails_at_any_step_of_a_publish_leaves_a_log_that_goes_on(string step, string kind)
    {
        await using (var log = Open())
        {
            for (var i = 0; i < 7; i++) await PublishAsync(log, kind);
            await FailAtAsync(log, Enum.Parse<CommitStep>(step), kind);
            for (var i = 0; i < 7; i++) await PublishAsync(log, kind);
            await ShouldHoldAsync(log);
        }

        await using var again = Open();
        await PublishAsync(again, kind);
        await ShouldHoldAsync(again);
    }

    [Theory]
    [InlineData(nameof(CommitStep.Committed))]
    [InlineData(nameof(CommitStep.Showing))]
    [InlineData(nameof(CommitStep.Shown))]
    public async Task What_was_committed_is_told_as_published_whatever_comes_after(string step)
    {
        await using var log = Open();
        Fail(Enum.Parse<CommitStep>(step));
        (await PublishAsync(log, "single")).Single().Position.ShouldBe(1);
        await ShouldHoldAsync(log);
    }

    [Theory]
    [InlineData(nameof(CommitStep.Begun))]
    [InlineData(nameof(CommitStep.Indexed))]
    [InlineData(nameof(CommitStep.Written))]
    public async Task What_was_not_committed_is_told_as_not_kept(string step)
    {
        await using var log = Open();
        Fail(Enum.Parse<CommitStep>(step));
        (await Should.ThrowAsync<SqliteLogException>(async () => await PublishAsync(log, "single"))).MayBeKept.ShouldBeFalse();
        (await LogFolder.PositionsAsync(log)).ShouldBeEmpty();
        (await PublishAsync(log, "single")).Single().Position.ShouldBe(1);
    }

    [Fact]
    public async Task A_commit_of_which_nobody_knows_is_told_so_and_known_as_soon_as_the_file_can_be_read()
    {
        await using var log = Open();
        await PublishAsync(log, "single");
        _fails = step => step is CommitStep.Committed or CommitStep.Reloading;
        (await Should.ThrowAsync<SqliteLogException>(async () => await PublishAsync(log, "single"))).MayBeKept.ShouldBeTrue();
        log.Head.ShouldBe(1);

        _fails = _ => false;
        (await PublishAsync(log, "single")).Single().Position.ShouldBe(3);
        (await LogFolder.PositionsAsync(log)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Positions_that_somebody_else_has_taken_are_passed_over()
    {
        await using var log = Open();
        await PublishAsync(log, "batch");
        using (var other = Database.Open(_folder.Path, DatabaseAccess.Write))
            other.Execute("INSERT INTO event SELECT position + 3, time, topic, alternates, flags, id, type, retry, key, data, checksum FROM event WHERE position = 1");

        (await PublishAsync(log, "single")).Single().Position.ShouldBe(5);
        log.Head.ShouldBe(5);
    }

    [Fact]
    public async Task Maintenance_that_fails_at_any_step_is_done_the_next_time()
    {
        foreach (var step in Enum.GetValues<CommitStep>().Except([CommitStep.Indexed, CommitStep.Reloading]))
        {
            using var folder = new LogFolder();
            var isArmed = false;
            await using var log = folder.Open(limits: Little, configure: options =>
            {
                options.IndexedAtOnce = 10;
                options.OnStep = met =>
                {
                    if (!isArmed || met != step) return;
                    isArmed = false;
                    throw new InvalidOperationException("too little");
                };
            });
            var events = await LogFolder.AppendAsync(log, 100);
            for (var i = 0; i < 12; i++)
            {
                isArmed = i < 8;
                try
                {
                    await log.MaintainOnceAsync();
                }
                catch (InvalidOperationException)
                {
                    // As a machine that has no memory for a moment.
                }
            }

            (await LogFolder.PositionsAsync(log)).ShouldBe(events.TakeLast(25).Select(e => e.Position), $"failed at {step}");
            (await ReadAsync(log, "a")).Select(e => e.Position).ShouldBe(events.TakeLast(25).Select(e => e.Position), $"failed at {step}, by topic");
            (await LogFolder.AppendAsync(log, 1))[0].Position.ShouldBe(101);
            await log.DisposeAsync();
            SqliteLogFile.Verify(folder.Path).Problems.ShouldBeEmpty($"failed at {step}");
        }
    }

    [Fact]
    public async Task Memory_that_runs_out_anywhere_loses_and_doubles_nothing()
    {
        string[] kinds = ["single", "batch", "closing", "keyed", "idempotent", "own id"];
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            using var run = new CommitFaultTests();
            await using (var log = run.Open())
            {
                run._fails = _ => random.Next(20) == 0;
                for (var i = 0; i < 60; i++) await run.TryPublishAsync(log, kinds[random.Next(kinds.Length)]);
                run._fails = _ => false;
                await run.PublishAsync(log, "single");
                await run.ShouldHoldAsync(log, mayHaveMore: true);
            }

            await using var again = run.Open();
            await run.ShouldHoldAsync(again, mayHaveMore: true);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_file_is_well_when_an_event_can_be_appended_and_not_when_something_else_can_be_written()
    {
        var isDamaged = false;
        await using var log = _folder.Open(configure: options => options.OnStep = step =>
        {
            if (isDamaged && step is CommitStep.Indexed) throw new SqliteLogException(SqliteLogFailure.Damaged, "The event's page cannot be read.");
        });
        await LogFolder.AppendAsync(log, 1);
        isDamaged = true;
        await Should.ThrowAsync<SqliteLogException>(async () => await LogFolder.AppendAsync(log, 1));
        await log.MaintainOnceAsync();
        log.Health.State.ShouldBe(LogState.Damaged);

        isDamaged = false;
        await LogFolder.AppendAsync(log, 1);
        log.Health.State.ShouldBe(LogState.Available);
    }

    private SqliteLog Open() => _folder.Open(configure: options =>
    {
        options.IndexedAtOnce = 4;
        options.OnStep = step =>
        {
            if (_fails(step)) throw new InvalidOperationException("too little");
        };
    });

    private void Fail(CommitStep at)
    {
        var isDone = false;
        _fails = step => step == at && !isDone && (isDone = true);
    }

    private async Task FailAtAsync(SqliteLog log, CommitStep step, string kind)
    {
        Fail(step);
        await TryPublishAsync(log, kind);
        _fails = _ => false;
    }

    private async Task TryPublishAsync(SqliteLog log, string kind)
    {
        try
        {
            await PublishAsync(log, kind);
        }
        catch (SqliteLogException)
        {
            // Told to the publisher.
        }
    }

    private async Task<IEnumerable<LoggedEvent>> PublishAsync(SqliteLog log, string kind)
    {
        var number = ++_published;
        var append = kind switch
        {
            "batch" => new Append([Make($"{number}"), Make($"{number}b"), Make($"{number}c")]),
            "closing" => new Append([Event.Closing(Topic.Parse($"closed-{number}"), isPrivate: false)]),
            "keyed" => new Append([new Event(Topic.Parse("a"), $"{number}") { Key = $"key-{number % 3}" }]),
            "idempotent" => new Append([Make($"{number}")]) { Idempotency = new IdempotencyKey("", $"key-{number}", 1, TimeSpan.FromHours(1)) },
            "own id" => new Append([new Event(Topic.Parse("a"), $"{number}") { Id = EventId.Parse($"own-{number}") }]),
            _ => new Append([Make($"{number}")]),
        };
        var appended = (await log.AppendAsync([append]))[0];
        appended.Refusal.ShouldBeNull();
        _acknowledged.AddRange(appended.Events);
        return appended.Events;
    }

    private static Event Make(string data) => new(Topic.Parse("a"), data);

    // Dense positions; what was acknowledged is there, once, by position, by topic and by id.
    private async Task ShouldHoldAsync(SqliteLog log, bool mayHaveMore = false)
    {
        var positions = await LogFolder.PositionsAsync(log);
        positions.ShouldBe(Enumerable.Range(1, (int)log.Head).Select(i => (long)i));
        var kept = await ReadAsync(log, "*");
        var told = _acknowledged.Select(e => (e.Position, e.Id, Data: e.Content.Data.ToArray())).ToList();
        foreach (var (position, id, data) in told)
        {
            var found = kept.Single(e => e.Position == position);
            found.Id.ShouldBe(id);
            found.Content.Data.ToArray().ShouldBe(data);
        }

        if (!mayHaveMore) kept.Count.ShouldBe(told.Count);
        var ofTopic = kept.Where(e => e.Content.Topics[0].Value == "a").Select(e => e.Position);
        (await ReadAsync(log, "a")).Select(e => e.Position).ShouldBe(ofTopic);
        foreach (var each in kept.Where(e => !e.Content.Id.IsNone)) (await log.ResolveAsync(each.Id)).Position.ShouldBe(each.Position);
        foreach (var each in kept.Where(e => e.Content.IsClosing)) log.FindClosing(each.Content.Topics[0])!.Value.Position.ShouldBe(each.Position);
    }

    private static async Task<List<LoggedEvent>> ReadAsync(SqliteLog log, string topic)
    {
        var events = new List<LoggedEvent>();
        var matchers = topic == "*" ? MatcherSet.All : MatcherSet.OfTopics(Topic.Parse(topic));
        for (var after = 0L; after < log.Head;)
        {
            var page = await log.ReadAsync(new LogQuery(after, matchers, 500, 1 << 20));
            events.AddRange(page.Events);
            after = page.ReadThrough;
        }

        return events;
    }
}
