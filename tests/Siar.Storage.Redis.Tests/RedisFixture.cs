using Siar.Hub;
using Siar.Storage.Contract;
using Siar.TestKit;

namespace Siar.Storage.Redis.Tests;

/// <summary>Logs of one server, each with a name of its own, with small limits, so that each edge is met often.</summary>
internal sealed class RedisFixture : SharedLogFixture
{
    private static int _logs;
    private readonly Dictionary<IEventLog, RedisLogOptions> _options = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("siar-");

    public override async Task<IEventLog> OpenAsync(RetentionPlan plan)
    {
        var number = Interlocked.Increment(ref _logs);
        return await OpenAsync(OptionsOf($"contract_{number}", Path.Combine(_folder.FullName, $"{number}.db")), plan);
    }

    /// <summary>Every other time its index is gone.</summary>
    public override async Task<IEventLog> ReopenAsync(IEventLog log, RetentionPlan plan)
    {
        await log.DisposeAsync();
        var options = _options[log];
        if (options.IndexPath is not null) options.IndexPath = null;
        else options.IndexPath = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db");
        return await OpenAsync(options, plan);
    }

    public override async Task<IEventLog> OpenOtherAsync(IEventLog log, RetentionPlan plan) =>
        await OpenAsync(OptionsOf(_options[log].Log, Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.db")), plan);

    public override async Task ComeUpAsync(IEventLog log)
    {
        await ((RedisLog)log).ComeUpAsync(CancellationToken.None);
        await log.MaintainAsync();
    }

    public override async Task SettleAsync(IEventLog log) => await log.MaintainAsync();

    public override ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private RedisLogOptions OptionsOf(string log, string index) => new()
    {
        Log = log, AdoptRetention = true, Clock = Time, IndexPath = index,
        ConfigureIndex = o => (o.Readers, o.MaxScanned, o.MaxTopicsTried, o.IndexedAtOnce) = (2, 20, 3, 5),
    };

    private async Task<IEventLog> OpenAsync(RedisLogOptions options, RetentionPlan plan)
    {
        var log = await RedisLog.OpenAsync((await RedisServer.Shared).Connection, options, plan, TimeProvider.System);
        _options[log] = options;
        return log;
    }
}
