using System.Text.Json;
using Siar.Hub;
using Siar.Storage.Sqlite;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Tool.Tests;

[Trait("runs", "siar")]
public sealed class LogCommandTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    private string Log => _folder.File("siar.db");

    private string Output => _output.ToString();

    public void Dispose()
    {
        _output.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Inspect_shows_a_person_what_is_in_a_log()
    {
        await FillAsync(Log, 3, "news", "other");

        LogInspection.Run(Log, 1, isJson: false, _output).ShouldBe(ExitCode.Ok);

        var lines = Output.Split('\n');
        lines[0].ShouldBe($"log     {Log}");
        lines[1].ShouldMatch(@"^size    \d+\.\d KiB, schema \d+$");
        lines[2].ShouldBe("events  4 on 2 topics, 400 bytes of data");
        lines[3].ShouldBe($"oldest  {_time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC, position 1");
        lines[4].ShouldBe($"newest  {_time.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC, position 4");
        lines[5].ShouldMatch("^epoch   [a-z2-7]{8}: positions after 0, now$");
        lines[6].ShouldBe("class   all other topics: nothing dropped");
        lines[9].ShouldBe("           3            1            3  news");
        lines[10].Trim().ShouldBe("and 1 more");
    }

    [Fact]
    public async Task Inspect_tells_a_script_the_same()
    {
        await FillAsync(Log, 3, "news", "other");

        LogInspection.Run(Log, 10, isJson: true, _output).ShouldBe(ExitCode.Ok);

        var summary = JsonElement.Parse(Output);
        summary.GetProperty("events").GetInt64().ShouldBe(4);
        summary.GetProperty("bytes").GetInt64().ShouldBe(400);
        summary.GetProperty("newest").GetProperty("position").GetInt64().ShouldBe(4);
        summary.GetProperty("newest").GetProperty("time").GetDateTimeOffset().ShouldBe(_time.GetUtcNow());
        summary.GetProperty("largest")[0].GetProperty("topic").GetString().ShouldBe("news");
        summary.GetProperty("epochs")[0].GetProperty("through").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Export_prints_every_event_as_it_was_sent()
    {
        await using (var log = Open(Log))
        {
            var full = new Event([Topic.Parse("a"), Topic.Parse("b")], "one\n\"two\""u8.ToArray())
            {
                Id = EventId.Parse("mine"), Type = EventType.Parse("price"), RetryMilliseconds = 5, IsPrivate = true, Key = "k",
            };
            await log.AppendAsync([new Append([full])]);
            await log.AppendAsync([new Append([new Event(Topic.Parse("a"), "ž")])]);
        }

        var (exitCode, output, errors) = await SiarProcess.RunAsync("log", "export", "--store", "sqlite:" + Log);

        exitCode.ShouldBe(ExitCode.Ok, errors);
        var lines = output.TrimEnd('\n').Split('\n');
        var time = JsonSerializer.Serialize(_time.GetUtcNow().UtcDateTime);
        lines[0].ShouldBe($$"""{"id":"mine","topics":["a","b"],"type":"price","retry":5,"private":true,"key":"k","data":"one\n\"two\"","time":{{time}}}""");
        lines[1].ShouldMatch("""^\{"id":"#[a-z2-7]{8}\.2","topics":\["a"\],"data":"ž","time":.*\}$""");
        lines.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Verify_finds_a_sound_log_sound_and_a_damaged_one_damaged()
    {
        await FillAsync(Log, 300, "news");
        LogVerification.Run(Log, isJson: false, _output).ShouldBe(ExitCode.Ok);
        Output.ShouldBe("sound: 300 events, each as it was appended\n");

        Damage(Log);

        _output.GetStringBuilder().Clear();
        LogVerification.Run(Log, isJson: false, _output).ShouldBe(ExitCode.Damaged);
        Output.ShouldContain("\ndamaged: ");
        _output.GetStringBuilder().Clear();
        LogVerification.Run(Log, isJson: true, _output).ShouldBe(ExitCode.Damaged);
        var verdict = JsonElement.Parse(Output);
        verdict.GetProperty("sound").GetBoolean().ShouldBeFalse();
        verdict.GetProperty("problems").GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_backup_of_an_open_log_is_put_back_under_a_new_epoch()
    {
        var backup = _folder.File("backup.db");
        string epoch;
        await using (var log = Open(Log))
        {
            await AppendAsync(log, 10, "news");
            LogBackup.Run(Log, backup, _output).ShouldBe(ExitCode.Ok);
            await AppendAsync(log, 5, "news");
            epoch = log.Epoch.Value;
        }

        _output.GetStringBuilder().Clear();
        LogRestore.Run(backup, Log, isJson: false, _output).ShouldBe(ExitCode.Ok);

        Output.ShouldStartWith($"{Log} has 10 events, up to position 10, and begins the epoch ");
        Output.ShouldContain($"The file that stood there is now {Log}.replaced-");
        await using var again = Open(Log);
        again.Head.ShouldBe(10);
        again.Epoch.Value.ShouldNotBe(epoch);
    }

    [Fact]
    public async Task A_damaged_log_is_restored_from_itself_as_far_as_it_can_be_read()
    {
        await FillAsync(Log, 300, "news");
        Damage(Log);

        var (exitCode, output, errors) = await SiarProcess.RunAsync("log", "restore", "--json", "--store", "sqlite:" + Log);

        exitCode.ShouldBe(ExitCode.Damaged, errors);
        var restoration = JsonElement.Parse(output);
        restoration.GetProperty("events").GetInt64().ShouldBe(299);
        restoration.GetProperty("lost").GetArrayLength().ShouldBe(1);
        restoration.GetProperty("cutOff").GetBoolean().ShouldBeFalse();
        LogVerification.Run(Log, isJson: false, _output).ShouldBe(ExitCode.Ok);
    }

    [Theory]
    [InlineData(ExitCode.Failure, "siar log inspect: There is no file '/nowhere/siar.db'", "log", "inspect", "--store", "sqlite:/nowhere/siar.db")]
    [InlineData(ExitCode.Usage, "siar log verify: --store: a log in memory belongs to its hub alone", "log", "verify", "--store", "memory")]
    [InlineData(ExitCode.Usage, "siar log export: --store: 'siar log' works on files", "log", "export", "--store", "postgres:Host=db")]
    [InlineData(ExitCode.Usage, "siar: '--al' is not understood here.\n'siar log inspect --help' tells what there is.", "log", "inspect", "--al")]
    [InlineData(ExitCode.Usage, "siar: Required command was not provided.", "log")]
    public async Task A_wrong_command_line_is_told_in_a_sentence(int code, string sentence, params string[] arguments)
    {
        var (exitCode, output, errors) = await SiarProcess.RunAsync(arguments);

        errors.ShouldStartWith(sentence);
        errors.ShouldNotContain("   at ");
        output.ShouldBeEmpty();
        exitCode.ShouldBe(code);
    }

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1_023, "1023 bytes")]
    [InlineData(1_536, "1.5 KiB")]
    [InlineData(5L << 30, "5.0 GiB")]
    [InlineData(5L << 50, "5120.0 TiB")]
    public void Sizes_are_for_people(long bytes, string text) => Sizes.Of(bytes).ShouldBe(text);

    private SqliteLog Open(string path) => SqliteLog.Open(path, new SqliteLogOptions(), new RetentionPlan(new RetentionLimits(null, null, null), []), _time);

    /// <summary>Fills a log: all events but one on the first topic, and one on each of the others.</summary>
    private async Task FillAsync(string path, int count, string topic, params string[] others)
    {
        await using var log = Open(path);
        await AppendAsync(log, count, topic);
        foreach (var other in others) await AppendAsync(log, 1, other);
    }

    private static async Task AppendAsync(SqliteLog log, int count, string topic)
    {
        for (var i = 0; i < count; i++) await log.AppendAsync([new Append([new Event(Topic.Parse(topic), new string('x', 100))])]);
    }

    /// <summary>Changes one letter of an event in the middle of a file, as a failing disk may.</summary>
    private static void Damage(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var middle = bytes.Length / 2;
        bytes[middle + bytes.AsSpan(middle).IndexOf("xxxxxxxxxx"u8) + 5] = (byte)'y';
        File.WriteAllBytes(path, bytes);
    }
}
