namespace Siar.Hub;

/// <summary>
/// This hub as one of those that share its log: the loop that gives a sign of life every two seconds and sees those of the others. No exception of the log
/// ends the loop.
/// </summary>
internal sealed class HubMembers
{
    // A sign that the engine does not answer in this time counts as none.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly IEventLog _log;
    private readonly HubClock _clock;
    private readonly HubMetrics _metrics;
    private readonly Func<long> _readers;
    private readonly DateTimeOffset _since;
    private readonly CancellationTokenSource _stopping = new();
    private Task? _loop;
    private long _count;

    /// <summary>Makes a hub that has given no sign yet.</summary>
    /// <param name="log">The log.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="readers">How many streams are open.</param>
    /// <param name="metrics">Counts what fails.</param>
    public HubMembers(IEventLog log, HubClock clock, Func<long> readers, HubMetrics metrics)
    {
        _log = log;
        _clock = clock;
        _readers = readers;
        _metrics = metrics;
        _since = clock.Now;
        Table = new MemberTable(clock.Time);
    }

    /// <summary>What a person calls this hub: the machine and the process.</summary>
    public string Name { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>This life of the hub.</summary>
    public HubId Id { get; } = HubId.Create();

    /// <summary>The other hubs.</summary>
    public MemberTable Table { get; }

    /// <summary>Begins to give signs, where the log is shared.</summary>
    public void Start(LoopSupervisor loops)
    {
        if (_log.IsShared) _loop = loops.RunAsync("signs", RunAsync, static _ => { });
    }

    /// <summary>Gives a sign and sees those of the others. Never throws.</summary>
    public async Task SignAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, _clock.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
            var own = new HubSign(Id.ToString(), Name, ++_count, new MemberReport(_readers(), _since).ToString());
            Table.See(Id, await _log.SignAsync(own, either.Token));
            await ForgetSilentAsync(either.Token);
        }
        catch (Exception failure)
        {
            // Of an engine that cannot be reached the log tells.
            Table.Lose();
            if (failure is not (LogUnavailableException or OperationCanceledException)) _metrics.CountFailure(failure);
        }
    }

    /// <summary>Ends the loop, and takes this hub's sign away: the others count it no more.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        if (_loop is not { } loop) return;
        await loop;
        try
        {
            using var patience = new CancellationTokenSource(Patience, _clock.Time);
            await _log.RemoveSignAsync(Id.ToString(), patience.Token);
        }
        catch (Exception failure)
        {
            // The others find out by its silence.
            if (failure is not (LogUnavailableException or OperationCanceledException)) _metrics.CountFailure(failure);
        }
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await SignAsync();
            await Task.Delay(Table.UntilNext(), _clock.Time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // A sign that nobody renews is taken away by whoever finds it so.
    private async Task ForgetSilentAsync(CancellationToken cancellationToken)
    {
        foreach (var member in Table.Members.Values.Where(m => m.State is MemberState.Silent))
        {
            if (member.HasSign) await _log.RemoveSignAsync(member.Id.ToString(), cancellationToken);
            else Table.Forget(member.Id);
        }
    }
}
