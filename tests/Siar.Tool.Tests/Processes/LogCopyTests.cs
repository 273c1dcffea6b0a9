using System.Text;
using Siar.Hub;
using Siar.Storage.Nats;
using Siar.Storage.Postgres;
using Siar.Storage.Redis;
using Siar.Storage.Sqlite;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Tool.Tests;

/// <summary>A log is copied from one engine into another by the command, and read there as a hub reads it.</summary>
[Trait("runs", "siar")]
public sealed class LogCopyTests : IDisposable
{
    private const string Settings = """{ "retention": { "maxCount": 30, "maxAge": null }, "retentionClasses": [{ "prefix": "states/", "maxCount": 4 }] }""";
    private static readonly RetentionPlan Plan = new(new RetentionLimits(30, null, null), [new RetentionClass("states/", new RetentionLimits(4, null, null))]);
    private static readonly string[] Topics = ["t/0", "t/1", "t/2", "all", "states/0", "states/1", "done", "gone"];
    private static readonly IdempotencyKey Key = new("somebody", "once", 7, TimeSpan.FromHours(9));
    private static int _logs;
    private readonly string _log = $"copy_{Environment.ProcessId}_{Interlocked.Increment(ref _logs)}";
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_copy_in_every_engine_is_read_as_the_log_is_and_resumes_all_ids_of_before()
    {
        var file = "sqlite:" + _folder.File("from.db");
        await using (var log = await OpenAsync(file)) await FillAsync(log);
        string before;
        await using (var log = await OpenAsync(file)) before = await DescribeAsync(log, log.Epoch, log.Head);
        var (epoch, head) = await EpochAsync(file);

        // From each engine to the next, and back into a file.
        var from = file;
        foreach (var to in new[] { await SharedStores.StoreOfAsync("nats"), await SharedStores.StoreOfAsync("redis"), await SharedStores.StoreOfAsync("postgres"), "sqlite:" + _folder.File("to.db") })
        {
            (await CopyAsync(from, to)).Errors.ShouldContain($" events up to position {head}");
            await using var copy = await OpenAsync(to);
            (await DescribeAsync(copy, epoch, head)).ShouldBe(before, to);
            copy.Epoch.ShouldNotBe(epoch);
            (await copy.ResolveAsync(HubEventId.Create(epoch, head + 1))).ShouldBe(new ResolvedCursor(head, GapReason.OtherEpoch));
            if (to.StartsWith("sqlite:", StringComparison.Ordinal)) break;

            // From the settings first, and then from the log.
            copy.Plan.Classes.Select(c => (c.Prefix, c.Limits.MaxCount)).ShouldBe([("/.well-known/siar/revocations", 1_000), ("states/", 4), ("", 30)]);
            (await copy.AppendAsync([new Append([Content("t/0", "once")]) { Idempotency = Key }]))[0].IsRepeat.ShouldBeTrue();
            from = to;
        }

        await using var last = await OpenAsync("sqlite:" + _folder.File("to.db"));
        (await last.AppendAsync([new Append([Content("t/0", "new")])]))[0].Events[0].Position.ShouldBe(head + 1);
        (await last.AppendAsync([new Append([Content("done", "late")])]))[0].Refusal.ShouldNotBeNull();
        SqliteLogFile.Verify(_folder.File("to.db")).IsSound.ShouldBeTrue();
    }

    [Fact]
    public async Task Each_new_event_of_a_copy_that_hubs_share_takes_its_place_behind_those_of_before()
    {
        var file = "sqlite:" + _folder.File("from.db");
        await using (var log = await OpenAsync(file)) await FillAsync(log);
        var (_, head) = await EpochAsync(file);
        foreach (var engine in new[] { "nats", "redis", "postgres" })
        {
            var to = await SharedStores.StoreOfAsync(engine);
            await CopyAsync(file, to);
            await using var a = await OpenAsync(to);
            await using var b = await OpenAsync(to);
            var logged = (await a.AppendAsync([new Append([Content("states/0", "newer", key: "k0")])]))[0].Events[0];
            logged.Position.ShouldBe(head + 1);
            (await b.ReadTailAsync(head)).Events.Select(e => e.Id).ShouldBe([logged.Id]);

            // It takes the place of the state that was copied, and what is too much now goes.
            var states = await b.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 20) { Selection = new EventSelection(0, MatcherSet.All, head + 1) });
            states.Events.Where(e => e.Content.Key == "k0" && e.Content.Topics[0].Value == "states/0").Select(e => e.Position).ShouldBe([head + 1]);
            for (var i = 0; i < 5; i++) await a.AppendAsync([new Append([Content("states/1", $"{i}")])]);
            for (var i = 0; i < 100 && await CountAsync(a, "states/") > 4; i++)
            {
                await a.MaintainAsync();
                await a.ReadTailAsync(0);
            }

            (await CountAsync(a, "states/")).ShouldBe(4);
        }
    }

    [Fact]
    public async Task A_target_that_is_there_is_left_as_it_is_and_a_source_that_is_in_use_is_not_read()
    {
        var file = "sqlite:" + _folder.File("from.db");
        await using (var log = await OpenAsync(file)) await FillAsync(log);
        foreach (var engine in new[] { "nats", "redis", "postgres" })
        {
            var to = await SharedStores.StoreOfAsync(engine);
            await CopyAsync(file, to);
            var (exitCode, _, errors) = await RunAsync("log", "copy", file, to);
            exitCode.ShouldBe(ExitCode.Failure, errors);
            errors.ShouldMatch("siar log copy: .*(already)");
        }

        await File.WriteAllTextAsync(_folder.File("there.db"), "");
        (await RunAsync("log", "copy", file, "sqlite:" + _folder.File("there.db"))).Errors.ShouldContain("is there already: name a file that is not.");
        (await RunAsync("log", "copy", "memory", file)).ExitCode.ShouldBe(ExitCode.Usage);
        (await RunAsync("log", "copy", "sqlite:" + _folder.File("none.db"), "sqlite:" + _folder.File("new.db"))).Errors.ShouldContain("There is no file");
        File.Exists(_folder.File("none.db")).ShouldBeFalse();

        await using (await OpenAsync(file)) (await RunAsync("log", "copy", file, "sqlite:" + _folder.File("new.db"))).ExitCode.ShouldBe(ExitCode.Failure);
        await using (await OpenAsync(await SharedStores.StoreOfAsync("postgres")))
        {
            (await RunAsync("log", "copy", await SharedStores.StoreOfAsync("postgres"), "sqlite:" + _folder.File("new.db"))).Errors.ShouldContain("A hub is running on the log: stop all hubs first.");
        }

        File.Exists(_folder.File("new.db")).ShouldBeFalse();
    }

    private static async Task FillAsync(IEventLog log)
    {
        for (var i = 0; i < 50; i++)
        {
            await log.AppendAsync([new Append([Content($"t/{i % 3}", $"{i} €", id: i % 5 == 0 ? $"own-{i % 20}" : null, isPrivate: i % 7 == 0, alternate: i % 4 == 0 ? "all" : null)])]);
            if (i % 3 == 0) await log.AppendAsync([new Append([Content($"states/{i % 2}", $"state {i}", key: $"k{i % 12}", isPrivate: i % 9 == 0), Content("gone", $"{i}")])]);
        }

        await log.AppendAsync([new Append([Event.Closing(Topic.Parse("done"))])]);
        await log.AppendAsync([new Append([Content("t/0", "once")]) { Idempotency = Key }]);
        for (var i = 0; i < 10; i++) await log.MaintainAsync();
    }

    // All that a reader could see of a log.
    private static async Task<string> DescribeAsync(IEventLog log, Epoch epoch, long head)
    {
        var said = new StringBuilder();
        foreach (var logged in (await log.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 20))).Events) Describe(said, logged);
        foreach (var logged in (await log.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 20) { Selection = new EventSelection(0, MatcherSet.All, head) })).Events) Describe(said.Append("newest of its key: "), logged);
        foreach (var topic in Topics)
        {
            var asked = MatcherSet.OfTopics([Topic.Parse(topic)]);
            said.AppendLine($"{topic} from {log.Trimmed.Floor(asked, MatcherSet.All)}, {log.Trimmed.Floor(asked, MatcherSet.OfTopics([]))} in public; {log.FindClosing(Topic.Parse(topic))}");
            var ofTopic = await log.ReadAsync(new LogQuery(0, asked, 1_000, 1 << 20));
            said.AppendLine(string.Join(' ', ofTopic.Events.Select(e => e.Position)));
        }

        for (var position = 0L; position <= head; position++) said.AppendLine($"{await log.ResolveAsync(HubEventId.Create(epoch, position))}");
        for (var i = 0; i < 20; i += 5) said.AppendLine($"own-{i}: {await log.ResolveAsync(EventId.Parse($"own-{i}"))}");
        return said.ToString();
    }

    private static void Describe(StringBuilder said, LoggedEvent logged)
    {
        var content = logged.Content;
        said.AppendLine(
            $"{logged.Id} {logged.Position} {logged.Epoch} {logged.Time.ToUnixTimeMilliseconds()} {string.Join(',', content.Topics)} {content.Type} {content.RetryMilliseconds} {content.IsPrivate} {content.Key} {content.GetText()}");
    }

    private static Event Content(string topic, string data, string? id = null, string? key = null, bool isPrivate = false, string? alternate = null) =>
        new(alternate is null ? [Topic.Parse(topic)] : [Topic.Parse(topic), Topic.Parse(alternate)], Encoding.UTF8.GetBytes(data))
        {
            Id = id is null ? default : EventId.Parse(id), Type = EventType.Parse("kind"), RetryMilliseconds = 5, Key = key, IsPrivate = isPrivate,
        };

    private static async Task<int> CountAsync(IEventLog log, string prefix) =>
        (await log.ReadAsync(new LogQuery(0, MatcherSet.All, 1_000, 1 << 20))).Events.Count(e => e.Content.Topics[0].Value.StartsWith(prefix, StringComparison.Ordinal));

    private async Task<(Epoch Epoch, long Head)> EpochAsync(string store)
    {
        await using var log = await OpenAsync(store);
        return (log.Epoch, log.Head);
    }

    private async Task<IEventLog> OpenAsync(string store)
    {
        var named = EventStore.Parse(new SettingValue("store", store));
        if (named.Connection is { } connection) return await PostgresLog.OpenAsync(connection, new PostgresLogOptions { Log = _log }, Plan, TimeProvider.System);
        if (named.NatsServers is { } servers) return await NatsLog.OpenAsync(servers, new NatsLogOptions { Log = _log }, Plan, TimeProvider.System);
        if (named.Redis is { } redis) return await RedisLog.OpenAsync(redis, new RedisLogOptions { Log = _log }, Plan, TimeProvider.System);
        return SqliteLog.Open(named.File!, new SqliteLogOptions(), Plan, TimeProvider.System);
    }

    private async Task<SiarProcess.Finished> CopyAsync(string from, string to)
    {
        var finished = await RunAsync("log", "copy", from, to, "--config", await SettingsAsync());
        finished.ExitCode.ShouldBe(ExitCode.Ok, finished.Errors);
        return finished;
    }

    private async Task<string> SettingsAsync()
    {
        var path = _folder.File("siar.json");
        await File.WriteAllTextAsync(path, Settings);
        return path;
    }

    private async Task<SiarProcess.Finished> RunAsync(params string[] arguments)
    {
        await using var process = SiarProcess.Start(SharedStores.Variables(_log), arguments);
        process.Input.Close();
        return await process.FinishAsync();
    }
}
