using Siar.Hub;
using Siar.Storage.Contract;

namespace Siar.Storage.Sqlite.Tests;

/// <summary>Logs in files of a folder of their own, with small limits, so that each edge is met often.</summary>
internal sealed class SqliteFixture : LogFixture
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");
    private int _files;

    public override async Task<IEventLog> OpenAsync(RetentionPlan plan) =>
        await Task.FromResult(Open(Path.Combine(_folder.FullName, $"{++_files}.db"), plan));

    public override async Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan)
    {
        await log.DisposeAsync();
        return Open(((SqliteLog)log).Path, plan);
    }

    public override Task SettleAsync(IEventLog log) => ((SqliteLog)log).MaintainOnceAsync();

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    // What survives the loss of power is for other tests: these run faster without.
    private SqliteLog Open(string path, RetentionPlan plan) => SqliteLog.Open(
        path,
        new SqliteLogOptions { Durability = SqliteDurability.ProcessDeath, Readers = 2, MaxScanned = 20, MaxTopicsTried = 3, IndexedAtOnce = 5 },
        plan,
        Time);
}
