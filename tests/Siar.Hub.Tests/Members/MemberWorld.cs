using System.Collections.Concurrent;
using Siar.TestKit;

namespace Siar.Hub.Tests.Members;

/// <summary>Hubs without threads over one log, whose clocks on the wall are hours apart, and pass together.</summary>
internal sealed class MemberWorld
{
    private readonly ConcurrentDictionary<string, HubSign> _signs = new(StringComparer.Ordinal);
    private readonly ManualTimeProvider _engine = new();
    private int _started;

    public MemberWorld() => Log = new MemoryLog(new RetentionPlan(new RetentionLimits(null, null, null), []), _engine);

    public MemoryLog Log { get; }

    public List<MemberHub> Hubs { get; } = [];

    public IReadOnlyCollection<HubSign> Signs => [.. _signs.Values];

    /// <summary>What tells of subscriptions, from a position on.</summary>
    public IEnumerable<PresenceWord> WordsAfter(long position) => EventsAfter(position).Select(MemberForm.ReadOne).OfType<PresenceWord>();

    /// <summary>The events behind a position.</summary>
    public IEnumerable<Event> EventsAfter(long position)
    {
        while (position < Log.Head)
        {
            var page = Log.ReadAsync(new LogQuery(position, Topics.MatcherSet.All, 1_024, 1 << 24)).AsTask().GetAwaiter().GetResult();
            foreach (var logged in page.Events) yield return logged.Content;
            position = page.ReadThrough;
        }
    }

    /// <summary>Starts a hub.</summary>
    public MemberHub Start(Action<HubOptions>? configure = null)
    {
        var hub = new MemberHub(new MemberView(Log, _signs), configure);
        hub.Core.Time.Turn(TimeSpan.FromHours(_started++ % 5 - 2));
        Hubs.Add(hub);
        return hub;
    }

    /// <summary>Time passes for all, and those that run work.</summary>
    public async Task PassAsync(double seconds, Random? random = null)
    {
        for (var passed = 0.0; passed < seconds; passed += 0.5)
        {
            _engine.Advance(TimeSpan.FromSeconds(0.5));
            foreach (var hub in Hubs) hub.Core.Time.Advance(TimeSpan.FromSeconds(0.5));
            await WorkAsync(random);
        }
    }

    /// <summary>Those that run work until nobody has anything to do.</summary>
    public async Task WorkAsync(Random? random = null)
    {
        for (var round = 0; round < 3; round++)
        {
            var order = Hubs.Where(h => h.IsRunning).ToArray();
            random?.Shuffle(order);
            foreach (var hub in order) await hub.Core.SettleAsync(hub.View.IsCut ? 2 : 10_000);
        }
    }
}

/// <summary>One of the hubs.</summary>
internal sealed class MemberHub
{
    public MemberHub(MemberView view, Action<HubOptions>? configure)
    {
        View = view;
        Core = new TestCore(
            o =>
            {
                o.PresencePrefix = MemberForm.Prefix;
                o.PresenceForm = new MemberForm();
                configure?.Invoke(o);
            },
            view);
        Core.Hub.Members.BeginAfter(view.Head);
    }

    public TestCore Core { get; }

    public MemberView View { get; }

    /// <summary>Whether its process runs: it is neither dead nor stopped.</summary>
    public bool IsRunning { get; set; } = true;

    /// <summary>Whether it never comes back.</summary>
    public bool IsDead { get; set; }

    public HubMembers Members => Core.Hub.Members;

    /// <summary>Its own streams.</summary>
    public List<LocalReaders.Seat> Seats { get; } = [];

    /// <summary>All readers of whichever hub, as its list has them: name and matcher.</summary>
    public List<string> List() => [.. Members.List(default).SelectMany(r => Enumerable.Range(0, r.Count).Select(i => $"{r.Id} {r[i].Match}"))];

    /// <summary>Its own readers as lists have them.</summary>
    public IEnumerable<string> Own() => Seats.SelectMany(s => Enumerable.Range(0, s.Entry.Subscriptions).Select(i => $"{s.Entry.Id} {s.Entry.Describe(i).Match}"));

    public LocalReaders.Seat Enter(params string[] matches)
    {
        var seat = Members.Readers.Enter(new MemberEntry(matches) { Id = Members.Readers.NewId() });
        Seats.Add(seat);
        return seat;
    }

    public void Leave(LocalReaders.Seat seat)
    {
        Seats.Remove(seat);
        Members.Readers.Leave(seat);
    }

    /// <summary>Stops in order: the streams end, and the hub is taken out.</summary>
    public async Task StopAsync(MemberWorld world)
    {
        foreach (var seat in Seats.ToList()) Leave(seat);
        var leaving = Core.Hub.Presence!.LeaveAsync(TimeSpan.FromMinutes(1));
        while (!leaving.IsCompleted) await world.PassAsync(0.5);
        (await leaving).ShouldBeTrue();
        await View.RemoveSignAsync(Members.Id.ToString());
        IsRunning = false;
        world.Hubs.Remove(this);
    }
}
