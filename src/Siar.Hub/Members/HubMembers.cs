namespace Siar.Hub;

/// <summary>
/// This hub as one of those that share its log. One loop gives a sign of life every two seconds, sees those of the others, gives up those that are silent, and answers
/// what the others tell by facts in the log. No exception of the log ends the loop.
/// </summary>
internal sealed class HubMembers
{
    // A sign that the engine does not answer in this time counts as none.
    private static readonly TimeSpan SignPatience = TimeSpan.FromSeconds(2);

    // How long a list waits for what other hubs are asked, and a stop for what is still to be told.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    private readonly IEventLog _log;
    private readonly HubClock _clock;
    private readonly HubMetrics _metrics;
    private readonly string _prefix = "";
    private readonly Func<long> _streams;
    private readonly DateTimeOffset _since;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wakeUps = new(0);
    private readonly MemberSweeps _sweeps;

    // Hubs on which this one relies for the goings of a hub of which it does not know all readers, and its own former lives.
    private readonly HashSet<HubId> _reliedUpon = [];
    private readonly HashSet<HubId> _former = [];
    private Task? _loop;
    private Task? _left;
    private long _count;
    private volatile bool _owesGap;
    private long? _triedAt;
    private long? _signedAt;

    /// <summary>Makes a hub that has given no sign yet.</summary>
    /// <param name="log">The log.</param>
    /// <param name="options">Among them how subscriptions are told of.</param>
    /// <param name="clock">The hub's clock.</param>
    /// <param name="streams">How many streams are open.</param>
    /// <param name="metrics">Counts what fails.</param>
    public HubMembers(IEventLog log, HubOptions options, HubClock clock, Func<long> streams, HubMetrics metrics)
    {
        _log = log;
        _clock = clock;
        _streams = streams;
        _metrics = metrics;
        _since = clock.Now;
        Table = new MemberTable(clock.Time);
        Readers = new LocalReaders(Id);
        _sweeps = new MemberSweeps(clock.Time);
        if (options is not { PresenceForm: { } form, PresencePrefix: { } prefix }) return;
        _prefix = prefix;
        Directory = new MemberDirectory(form) { Own = Id, OnFact = Wake };
        Duties = new MemberDuties(prefix, form, Id, Readers, Directory);
    }

    /// <summary>What a person calls this hub: the machine and the process.</summary>
    public string Name { get; } = $"{Environment.MachineName}/{Environment.ProcessId}";

    /// <summary>This life of the hub.</summary>
    public HubId Id { get; private set; } = HubId.Create();

    /// <summary>The other hubs.</summary>
    public MemberTable Table { get; }

    /// <summary>This hub's readers.</summary>
    public LocalReaders Readers { get; }

    /// <summary>Those of the others; null where none are told of.</summary>
    public MemberDirectory? Directory { get; }

    /// <summary>What this hub owes the others; null where no readers are told of.</summary>
    public MemberDuties? Duties { get; }

    /// <summary>Tells of readers.</summary>
    public PresenceFeed? Feed { get; set => Readers.Feed = field = value; }

    /// <summary>Whether readers are told of to other hubs.</summary>
    public bool IsTelling => Directory is not null && _log.IsShared;

    /// <summary>
    /// Whether this hub may tell of readers at this moment. One that has given no sign for so long that others may have given it up tells nothing before it knows.
    /// </summary>
    public bool MayTell => _signedAt is { } at && _clock.Time.GetElapsedTime(at) < MemberTable.Silence;

    /// <summary>Begins to give signs, where the log is shared.</summary>
    public void Start(LoopSupervisor loops)
    {
        if (_log.IsShared) _loop = loops.RunAsync("signs", RunAsync, static _ => { });
    }

    /// <summary>Listens to what others tell behind a position, where the log is shared.</summary>
    public void BeginAfter(long position)
    {
        if (_log.IsShared) Directory?.BeginAfter(position);
    }

    /// <summary>Has the loop look whether something is due. May be called from any thread.</summary>
    public void Wake()
    {
        if (_wakeUps.CurrentCount == 0) _wakeUps.Release();
    }

    /// <summary>One turn of the loop. Never throws.</summary>
    public async Task StepAsync()
    {
        try
        {
            if (UntilSign() <= TimeSpan.Zero) await SignAsync();
            if (IsTelling) await AnswerAsync(Directory!, Duties!);
            else await ForgetSilentAsync(static _ => true);
        }
        catch (Exception failure)
        {
            // Of an engine that cannot be reached the log tells.
            if (failure is not LogUnavailableException) _metrics.CountFailure(failure);
        }
    }

    /// <summary>The readers of all hubs that come after one in their order. Waits a little, where something is not known yet; ask <see cref="KnowAllAsync"/> before.</summary>
    public List<KnownReader> List(Guid after)
    {
        var list = IsTelling ? Directory!.List(after) : [];
        foreach (var entry in Readers.List(after)) list.Add(new KnownReader(entry.Id, entry, []));
        list.Sort(static (a, b) => MemberDirectory.InOrder(a.Id, b.Id));
        return list;
    }

    /// <summary>The reader of a name, at whichever hub it is; null where there is none.</summary>
    public KnownReader? Find(Guid id) => Readers.Find(id) is { } local ? new KnownReader(id, local, []) : IsTelling ? Directory!.Find(id) : null;

    /// <summary>
    /// Waits until the readers of all hubs that live are known, as the log tells of them up to now; some seconds at most. After that those of a hub that does not answer are
    /// missing, and when it does, listeners are told a gap.
    /// </summary>
    public async Task KnowAllAsync(CancellationToken cancellationToken)
    {
        if (!IsTelling) return;
        var head = _log.Head;
        var since = _clock.Time.GetTimestamp();
        while (Directory!.Through < head || !KnowsAll())
        {
            if (_clock.Time.GetElapsedTime(since) >= Patience)
            {
                _owesGap = true;
                return;
            }

            await Task.Delay(Glance, _clock.Time, cancellationToken);
        }
    }

    /// <summary>
    /// Takes this hub out, when its streams have ended: tells that its readers are gone, then that it is no more. Where that cannot be told in time the others find out by
    /// its silence.
    /// </summary>
    public Task LeaveAsync() => _left ??= LeaveOnceAsync();

    /// <summary>Ends the loop, where <see cref="LeaveAsync"/> has not.</summary>
    public async Task StopAsync()
    {
        await LeaveAsync();
        await _stopping.CancelAsync();
    }

    private async Task LeaveOnceAsync()
    {
        if (_loop is not { } loop) return;
        var hasTold = !IsTelling || await Feed!.LeaveAsync(Patience);
        await _stopping.CancelAsync();
        await loop;
        if (hasTold) await RemoveSignAsync(Id);
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await StepAsync();
            var wait = UntilSign();
            if (_sweeps.UntilNext() is { } sweep && sweep < wait) wait = sweep;
            await WaitAsync(wait > Glance ? wait : Glance);
        }
    }

    private async Task WaitAsync(TimeSpan most)
    {
        using var limit = new CancellationTokenSource(most, _clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopping.Token);
        await _wakeUps.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private TimeSpan UntilSign() => _triedAt is { } at ? Table.UntilNext(at) : TimeSpan.Zero;

    private async Task SignAsync()
    {
        _triedAt = _clock.Time.GetTimestamp();
        try
        {
            using var patience = new CancellationTokenSource(SignPatience, _clock.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
            var report = new MemberReport(_streams(), _since) { Prefix = _prefix, IsSettled = Feed?.IsSettled ?? true };
            Table.See(Id, await _log.SignAsync(new HubSign(Id.ToString(), Name, ++_count, report.ToString()), either.Token));
            _signedAt = _clock.Time.GetTimestamp();
        }
        catch (Exception failure) when (failure is LogUnavailableException or OperationCanceledException)
        {
            Table.Lose();
            if (_log.Health.State is LogState.Available && !_stopping.IsCancellationRequested) _metrics.CountFailure(failure);
        }
        catch
        {
            Table.Lose();
            throw;
        }
    }

    // What the others have told, and what is to be told of them.
    private async Task AnswerAsync(MemberDirectory directory, MemberDuties duties)
    {
        foreach (var fact in directory.TakeFacts())
        {
            switch (fact)
            {
                case MemberFact.Missed missed:
                    if (missed.IsLost) BeginEpoch();
                    duties.Tell(new MemberFact.Ask(Id, IsNew: false));
                    break;
                case MemberFact.Ask ask when ask.By != Id:
                    duties.TellRoster();
                    break;
                case MemberFact.Ended ended when ended.Hub == ended.By:
                    Table.End(ended.Hub);
                    break;
                case MemberFact.Ended ended when ended.Hub == Id:
                    await BeginNextLifeAsync(directory, duties);
                    break;
                case MemberFact.Ended ended:
                    Table.End(ended.Hub);
                    if (ended.By == Id) _sweeps.Own(ended.Hub);
                    else if (!directory.IsComplete(ended.Hub)) _reliedUpon.Add(ended.By);
                    break;
            }
        }

        foreach (var member in Table.Members.Values.Where(m => m.State is MemberState.Silent && Tells(m)))
        {
            // On this one another's readers may have depended, of whom not all are known here.
            if (_reliedUpon.Remove(member.Id)) directory.Miss(member.Id);
            duties.Tell(new MemberFact.Ended(Id, member.Id));
        }

        if (Table.Members.Values.Any(m => m.IsAlive && Tells(m) && m.Report.IsSettled)) Feed?.Settle();
        foreach (var hub in _sweeps.TakeDue(directory, id => _former.Contains(id) || Table.Members.GetValueOrDefault(id)?.State is MemberState.Ended)) duties.Sweep(hub);
        if (_owesGap && KnowsAll())
        {
            _owesGap = false;
            Feed?.Miss();
        }

        Feed?.Wake();
        await ForgetSilentAsync(m => !Tells(m) || m.State is MemberState.Ended);
    }

    private bool KnowsAll() => Table.IsAcquainted && Table.Members.Values.Where(m => m.State is not MemberState.Silent && Tells(m)).All(m => Directory!.IsComplete(m.Id));

    private bool Tells(Member member) => member.Report.Prefix == _prefix && member.State is not MemberState.Ended;

    // The others have given this hub up, as they must where it was stopped or cut off: its readers go on under other names.
    private async Task BeginNextLifeAsync(MemberDirectory directory, MemberDuties duties)
    {
        var before = Id;
        (_triedAt, _signedAt) = (null, null);
        _former.Add(before);
        Id = HubId.Create();
        directory.Own = Id;
        duties.Renew(Id);
        Readers.Renew(Id);
        await RemoveSignAsync(before);
    }

    // What was told in the lost part of the log may be lost: that a hub has ended, and who came and went.
    private void BeginEpoch()
    {
        Table.Revive();
        Feed?.Begin(isEmpty: false);
    }

    // A sign that nobody renews is taken away by any hub that finds it so.
    private async Task ForgetSilentAsync(Func<Member, bool> isMeant)
    {
        foreach (var member in Table.Silent().Where(isMeant))
        {
            if (member.HasSign) await RemoveSignAsync(member.Id);
            else if (member.State is MemberState.Silent) Table.Forget(member.Id);
        }
    }

    private async Task RemoveSignAsync(HubId hub)
    {
        try
        {
            using var patience = new CancellationTokenSource(SignPatience, _clock.Time);
            await _log.RemoveSignAsync(hub.ToString(), patience.Token);
        }
        catch (Exception failure)
        {
            // Some hub finds it later.
            if (failure is not (LogUnavailableException or OperationCanceledException)) _metrics.CountFailure(failure);
        }
    }
}
