using System.Diagnostics;
using System.Globalization;

namespace Siar.Storage.Sqlite.Tests.Kill;

/// <summary>A restoration is killed at each of its steps: what is there then is the log that was there, or the one that was put back, and never an empty one.</summary>
public sealed class RestoreKillTests : IDisposable
{
    public const string Argument = "--restore-and-die";
    private const int Steps = 8;
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_killed_restoration_leaves_a_log_with_all_events_at_every_step()
    {
        await using var hub = _folder.Open();
        await LogFolder.AppendAsync(hub, 10);
        SqliteLogFile.BackUp(_folder.Path, _folder.In("backup.db"));
        await LogFolder.AppendAsync(hub, 2);
        var restored = 0;
        for (var step = 1; step <= Steps; step++)
        {
            // With a write-ahead log beside it, as after a kill.
            using var left = _folder.Copy();
            await RunAsync(_folder.In("backup.db"), left.Path, step);
            await using (var log = left.Open())
            {
                var isRestored = log.Epoch != hub.Epoch;
                (await LogFolder.PositionsAsync(log)).Count.ShouldBe(isRestored ? 10 : 12, $"step {step}");
                if (isRestored) restored++;
            }

            // What was put aside is whole as well.
            if (Directory.GetFiles(left.In(""), "siar.db.replaced-??????-??????") is [var aside]) SqliteLogFile.Read(aside).Count().ShouldBe(12, $"step {step}");
            SqliteLogFile.Restore(_folder.In("backup.db"), left.Path, left.Time).Events.ShouldBe(10);
            Directory.GetFiles(left.In(""), "*.rest*").ShouldBeEmpty();
        }

        restored.ShouldBeInRange(1, Steps - 1);
    }

    [Fact]
    public async Task Where_there_was_no_log_a_killed_restoration_is_told_before_it_is_whole_and_finished_after()
    {
        await using (var hub = _folder.Open()) await LogFolder.AppendAsync(hub, 10);
        for (var step = 2; step <= Steps; step++)
        {
            using var left = new LogFolder();
            await RunAsync(_folder.Path, left.Path, step);
            if (File.Exists(left.Path + ".restoring"))
            {
                Should.Throw<SqliteLogException>(() => left.Open()).Message.ShouldContain("was interrupted, and there is no log: repeat 'siar log restore'");
                Should.Throw<SqliteLogException>(() => SqliteLogFile.Read(left.Path).Count()).Message.ShouldContain("was interrupted");
                SqliteLogFile.Restore(_folder.Path, left.Path, left.Time).Events.ShouldBe(10);
            }

            await using var log = left.Open();
            log.Head.ShouldBe(10, $"step {step}");
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The process that dies: by a signal of its own, before a step.</summary>
    public static int RestoreAndDie(string source, string path, int step)
    {
        LogRestorer.Restore(source, path, TimeProvider.System, () =>
        {
            if (--step == 0) Process.GetCurrentProcess().Kill();
        });
        return 0;
    }

    private static async Task RunAsync(string source, string path, int step)
    {
        using var process = Victim.Start(Argument, source, path, step.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync();
        (await process.StandardError.ReadToEndAsync()).ShouldBeEmpty();
        process.ExitCode.ShouldBe(137, $"step {step}");
    }
}
