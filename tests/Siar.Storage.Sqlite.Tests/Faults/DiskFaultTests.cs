using Siar.Hub;

namespace Siar.Storage.Sqlite.Tests.Faults;

/// <summary>What happens when the disk fails below SQLite.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public DiskFaultTests()
    {
        FaultyDisk.Register();
        FaultyDisk.OnAction = null;
    }

    [Theory]
    [InlineData(nameof(DiskAction.Write), nameof(Fault.DiskFull), SqliteLogFailure.DiskFull)]
    [InlineData(nameof(DiskAction.Write), nameof(Fault.ShortWrite), SqliteLogFailure.InputOutput)]
    [InlineData(nameof(DiskAction.Write), nameof(Fault.Failure), SqliteLogFailure.InputOutput)]
    [InlineData(nameof(DiskAction.Sync), nameof(Fault.Failure), SqliteLogFailure.InputOutput)]
    public async Task A_commit_that_fails_is_an_error_to_its_publisher_and_touches_nothing_else(string action, string fault, SqliteLogFailure failure)
    {
        await using var log = Open();
        var before = await LogFolder.AppendAsync(log, 10);
        FailOnWriteAheadLog(Enum.Parse<DiskAction>(action), Enum.Parse<Fault>(fault));
        var refused = await Should.ThrowAsync<SqliteLogException>(async () => await LogFolder.AppendAsync(log, 1, "lost"));
        refused.Failure.ShouldBe(failure);
        refused.MayBeKept.ShouldBe(action == nameof(DiskAction.Sync), "a commit that is whole may be on the disk");
        log.Health.State.ShouldBe(failure is SqliteLogFailure.DiskFull ? LogState.Full : LogState.Unavailable);
        log.Head.ShouldBe(10);
        (await LogFolder.PositionsAsync(log)).ShouldBe(before.Select(e => e.Position));

        FaultyDisk.OnAction = null;
        var after = await LogFolder.AppendAsync(log, 10);
        after[0].Position.ShouldBe(11);
        (await LogFolder.PositionsAsync(log)).ShouldBe(before.Concat(after).Select(e => e.Position));

        await log.DisposeAsync();
        await using var again = Open();
        (await LogFolder.PositionsAsync(again)).ShouldBe(before.Concat(after).Select(e => e.Position));
        SqliteLogFile.Verify(_folder.Path).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(Fault.DiskFull), LogState.Full)]
    [InlineData(nameof(Fault.Failure), LogState.Unavailable)]
    public async Task A_log_that_takes_nothing_finds_out_by_itself_when_it_does_again(string fault, LogState state)
    {
        var told = new List<Exception>();
        await using var log = Open();
        log.OnBackgroundFailure = told.Add;
        await LogFolder.AppendAsync(log, 10);
        FailOnWriteAheadLog(DiskAction.Write, Enum.Parse<Fault>(fault));
        await Should.ThrowAsync<SqliteLogException>(async () => await LogFolder.AppendAsync(log, 1));
        for (var i = 0; i < 3; i++)
        {
            await log.MaintainOnceAsync();
            log.Health.State.ShouldBe(state);
            log.Health.Sentence!.ShouldNotContain(_folder.Path);
            log.Health.Detail!.ShouldContain(_folder.Path);
        }

        FaultyDisk.OnAction = null;
        await log.MaintainOnceAsync();
        log.Health.ShouldBe(LogHealth.Available);
        told.ShouldBeEmpty();
        (await LogFolder.AppendAsync(log, 1))[0].Position.ShouldBe(11);
    }

    [Fact]
    public async Task A_hub_tells_its_publisher_and_goes_on()
    {
        await using var log = Open();
        await using var hub = new EventHub(log, new HubOptions { Lanes = 1 }, TimeProvider.System);
        hub.Start();
        await hub.PublishAsync("a", "1");
        FailOnWriteAheadLog(DiskAction.Write, Fault.DiskFull);
        (await Should.ThrowAsync<SqliteLogException>(async () => await hub.PublishAsync("a", "2"))).Message.ShouldContain("no room left");
        FaultyDisk.OnAction = null;
        (await hub.PublishAsync("a", "3")).Position.ShouldBe(2);
    }

    [Fact]
    public async Task A_checkpoint_that_fails_is_told_and_stops_no_publisher()
    {
        var told = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var log = Open(options => options.WriteAheadBytes = 64 << 10);
        log.OnBackgroundFailure = failure => told.TrySetResult(failure);
        FaultyDisk.OnAction = (file, _) => file.IsWriteAheadLog ? Fault.None : Fault.Failure;
        await LogFolder.AppendAsync(log, 200);
        (await told.Task).ShouldBeOfType<SqliteLogException>().Failure.ShouldBe(SqliteLogFailure.InputOutput);
        await LogFolder.AppendAsync(log, 100);
        FaultyDisk.OnAction = null;
        await LogFolder.AppendAsync(log, 100);
        (await LogFolder.PositionsAsync(log)).Count.ShouldBe(400);
    }

    [Fact]
    public async Task Nothing_acknowledged_disappears_whenever_the_disk_fails()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            using var folder = new LogFolder();
            var random = new Random(seed);
            var acknowledged = new List<long>();
            var log = folder.Open(configure: Small);
            FaultyDisk.OnAction = (_, _) => random.Next(25) == 0 ? (Fault)random.Next(1, 4) : Fault.None;
            for (var i = 0; i < 150; i++) acknowledged.AddRange(await TryAppendAsync(log, 1 + (i % 3)));
            FaultyDisk.OnAction = null;

            (await LogFolder.PositionsAsync(log)).ShouldBe(acknowledged, $"seed {seed}, before it is closed");
            await log.DisposeAsync();
            await using var again = folder.Open(configure: Small);
            (await LogFolder.PositionsAsync(again)).ShouldBe(acknowledged, $"seed {seed}, opened again");
        }
    }

    [Fact]
    public async Task A_loss_of_power_takes_nothing_that_was_acknowledged()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            using var folder = new LogFolder();
            await using var log = folder.Open(configure: Small);
            var acknowledged = await LogFolder.AppendAsync(log, 40 + (seed * 7 % 60));
            using var left = await LosePowerAsync(log, seed);

            await using var again = left.Open(configure: Small);
            var positions = await LogFolder.PositionsAsync(again);
            positions.Take(acknowledged.Count).ShouldBe(acknowledged.Select(e => e.Position), $"seed {seed}");
            positions.Count.ShouldBeLessThanOrEqualTo(acknowledged.Count + 3);
            again.Epoch.ShouldBe(log.Epoch);
            (await again.ResolveAsync(acknowledged[^1].Id)).Gap.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_loss_of_power_with_less_durability_begins_a_new_life_whatever_it_took()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            using var folder = new LogFolder();
            await using var log = folder.Open(SqliteDurability.ProcessDeath, configure: Small);
            await LogFolder.AppendAsync(log, 60);
            using var left = await LosePowerAsync(log, seed);

            await using var again = left.Open(configure: Small);
            var positions = await LogFolder.PositionsAsync(again);
            positions.ShouldBe(Enumerable.Range(1, positions.Count).Select(i => (long)i), $"seed {seed}");
            again.Epoch.ShouldNotBe(log.Epoch);
            var last = await again.ResolveAsync(HubEventId.Create(log.Epoch, log.Head));
            last.ShouldBe(new ResolvedCursor(again.Head, again.Head < log.Head ? GapReason.OtherEpoch : null));
        }
    }

    public void Dispose()
    {
        FaultyDisk.OnAction = null;
        _folder.Dispose();
    }

    private static void Small(SqliteLogOptions options)
    {
        options.FileSystem = FaultyDisk.Name;
        options.WriteAheadBytes = 64 << 10;
        options.IndexedAtOnce = 10;
    }

    // In the midst of one more append: before its commit is on the disk.
    private static async Task<LogFolder> LosePowerAsync(SqliteLog log, int seed)
    {
        var left = new LogFolder();
        FaultyDisk.OnAction = (file, action) =>
        {
            if (!file.IsWriteAheadLog || action is not DiskAction.Sync) return Fault.None;
            TrackedFile.LosePower(log.Path, left.Path, new Random(seed));
            return Fault.Failure;
        };
        await TryAppendAsync(log, 3);
        TrackedFile.LosePower(log.Path, left.Path, new Random(seed));
        FaultyDisk.OnAction = null;
        return left;
    }

    private static async Task<IEnumerable<long>> TryAppendAsync(SqliteLog log, int events)
    {
        try
        {
            var content = new Event(Siar.Topics.Topic.Parse("a"), new string('y', 2_000));
            var batch = await log.AppendAsync([new Append([.. Enumerable.Repeat(content, events)])]);
            return batch[0].Events.Select(e => e.Position);
        }
        catch (SqliteLogException)
        {
            return [];
        }
    }

    private static void FailOnWriteAheadLog(DiskAction on, Fault fault) =>
        FaultyDisk.OnAction = (file, action) => file.IsWriteAheadLog && action == on ? fault : Fault.None;

    private SqliteLog Open(Action<SqliteLogOptions>? configure = null) => _folder.Open(configure: options =>
    {
        options.FileSystem = FaultyDisk.Name;
        configure?.Invoke(options);
    });
}
