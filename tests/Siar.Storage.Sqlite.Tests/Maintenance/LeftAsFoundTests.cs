using System.Security.Cryptography;

namespace Siar.Storage.Sqlite.Tests.Maintenance;

/// <summary>What only looks at a log leaves its files as they were, in whatever state they are, and says what a hub would say.</summary>
public sealed class LeftAsFoundTests : IDisposable
{
    private static readonly string[] States =
        ["closed in order", "killed", "emptied", "emptied, -wal overwritten", "cut off", "cut off within its first page", "-wal gone", "-wal emptied", "-wal overwritten", "-wal changed", "an event changed", "another program's"];

    private readonly LogFolder _live = new();

    public static TheoryData<string, string> Looks => new MatrixTheoryData<string, string>(States, ["verify", "inspect", "export", "backup", "restore"]);

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Every_byte_in_the_folder_stays(string state, string command)
    {
        using var folder = await MakeAsync(state);
        var before = Fingerprint(folder);
        var refusal = Run(command, folder);
        Fingerprint(folder).ShouldBe(before);

        // A backup and what is looked at say the same as a hub that is to go on with the files.
        if (command is "verify" or "restore" || state is "killed" or "closed in order" or "an event changed") return;
        var hubs = Should.Throw<SqliteLogException>(() => folder.Open()).Message;
        if (refusal != hubs) refusal.ShouldBeNull();
        if (state != "another program's") refusal.ShouldBe(hubs);
    }

    [Theory]
    [InlineData("emptied")]
    [InlineData("emptied, -wal overwritten")]
    public async Task An_emptied_file_is_not_put_back_from_itself_and_loses_nothing_more(string state)
    {
        using var folder = await MakeAsync(state);
        var before = Fingerprint(folder);
        Should.Throw<SqliteLogException>(() => folder.Open()).Message.ShouldContain("the file is empty, though its write-ahead log");
        Should.Throw<SqliteLogException>(() => SqliteLogFile.Restore(folder.Path, folder.Path, folder.Time)).Message.ShouldContain("put the file back, or a backup");
        File.Delete(folder.Path + ".lock");
        Fingerprint(folder).ShouldBe(before);
    }

    [Fact]
    public async Task A_backup_can_be_looked_at()
    {
        await using var log = _live.Open();
        await LogFolder.AppendAsync(log, 10);
        SqliteLogFile.BackUp(_live.Path, _live.In("backup.db"));
        SqliteLogFile.Inspect(_live.In("backup.db")).Events.ShouldBe(10);
        SqliteLogFile.Read(_live.In("backup.db")).Count().ShouldBe(10);
    }

    public void Dispose() => _live.Dispose();

    private static string? Run(string command, LogFolder folder)
    {
        using var elsewhere = new LogFolder();
        try
        {
            if (command == "verify") return string.Join('\n', SqliteLogFile.Verify(folder.Path).Problems);
            if (command == "inspect") SqliteLogFile.Inspect(folder.Path);
            if (command == "export") _ = SqliteLogFile.Read(folder.Path).Count();
            if (command == "backup") SqliteLogFile.BackUp(folder.Path, elsewhere.Path);
            if (command == "restore") SqliteLogFile.Restore(folder.Path, elsewhere.Path, folder.Time);
            return null;
        }
        catch (SqliteLogException failure)
        {
            return failure.Message;
        }
    }

    // As a hub that was killed leaves them, all of it in the write-ahead log; then damaged.
    private async Task<LogFolder> MakeAsync(string state)
    {
        if (state == "closed in order")
        {
            var closed = new LogFolder();
            await using (var log = closed.Open()) await LogFolder.AppendAsync(log, 300);
            File.Delete(closed.Path + ".lock");
            return closed;
        }

        var folder = await KilledAsync();
        switch (state)
        {
            case "emptied":
                Cut(folder.Path, 0);
                break;
            case "emptied, -wal overwritten":
                Cut(folder.Path, 0);
                LogFolder.Change(folder.WriteAheadPath, 8, 8);
                break;
            case "cut off":
                Cut(folder.Path, new FileInfo(folder.Path).Length / 2);
                LogFolder.Change(folder.WriteAheadPath, 8, 8);
                break;
            case "cut off within its first page":
                Cut(folder.Path, 50);
                break;
            case "-wal gone":
                File.Delete(folder.WriteAheadPath);
                break;
            case "-wal emptied":
                Cut(folder.WriteAheadPath, 0);
                break;
            case "-wal overwritten":
                LogFolder.Change(folder.WriteAheadPath, 8, 8);
                break;
            case "-wal changed":
                LogFolder.Change(folder.WriteAheadPath, new FileInfo(folder.WriteAheadPath).Length / 3);
                break;
            case "an event changed":
                folder.DamageEvent(17);
                break;
            case "another program's":
                folder.Dispose();
                folder = new LogFolder();
                using (var other = Native.Database.Open(folder.Path, Native.DatabaseAccess.Create)) other.Execute("CREATE TABLE theirs (x)");
                break;
        }

        return folder;
    }

    private async Task<LogFolder> KilledAsync()
    {
        await using var log = _live.Open();
        await LogFolder.AppendAsync(log, 300);
        return _live.Copy();
    }

    private static void Cut(string path, long length)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(length);
    }

    private static string Fingerprint(LogFolder folder) => string.Join('\n', Directory.GetFiles(Path.GetDirectoryName(folder.Path)!).Order().Select(file =>
        $"{Path.GetFileName(file)} {new FileInfo(file).Length} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));
}
