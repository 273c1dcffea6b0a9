using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>
/// One client over all its connections, and what the plain model knows of it: the position up to which it has everything. It checks each
/// thing that it receives against the list of all published events.
/// </summary>
internal sealed class SimulatedReader(string name, MatcherSet matchers, MatcherSet grants, FallenBehind policy)
{
    private readonly List<long> _prelude = [];
    private int _checked;
    private long _cut;
    private List<long>? _sinceGap;
    private HashSet<long> _excused = [];
    private HashSet<long> _goneBefore = [];
    private IReadOnlyList<long> _mayHave = [];

    public string Name => name;

    public MatcherSet Matchers => matchers;

    public MatcherSet Grants => grants;

    public Subscriber? Subscriber { get; private set; }

    public ISimulatedStream? Outlet { get; private set; }

    /// <summary>The last event id string, as a browser keeps it; the default value before the first.</summary>
    public EventId LastEventId { get; private set; }

    /// <summary>It has everything up to this position of the present life; null where only a gap can tell.</summary>
    public long? Has { get; private set; }

    /// <summary>So many newest of each topic are wanted first; null for none.</summary>
    public int? Last { get; init; }

    /// <summary>Whether the newest of each key are wanted first.</summary>
    public bool Snapshot { get; init; }

    /// <summary>Whether it begins with the oldest that is kept.</summary>
    public bool Earliest { get; init; }

    /// <summary>Whether it is told that it is level, what is closed, and where it is though nothing matched. Without, its cursor stands still on quiet topics.</summary>
    public bool TakesSignals { get; init; }

    /// <summary>Whether it reads within the hub's process.</summary>
    public bool IsInProcess { get; init; }

    /// <summary>Whether its stream is compressed.</summary>
    public bool TakesGzip { get; init; }

    public bool IsConnected => Outlet is { IsOver: false };

    public void Connect(SimulatedHub hub, ISimulatedStream outlet)
    {
        var fresh = LastEventId.IsNone;
        Has = !fresh ? hub.PositionOf(LastEventId) : Earliest ? 0 : hub.Core.Log.Head;
        _mayHave = hub.PossiblePositionsOf(LastEventId);
        _goneBefore = [.. hub.PublishedThrough(long.MaxValue).Where(p => !hub.Keeps(p)).Select(p => p.Position)];
        _checked = 0;
        _prelude.Clear();
        _sinceGap = null;
        _excused = [];
        _cut = fresh && !Earliest && (Snapshot || Last is not null) ? hub.Core.Log.Head : 0;
        Outlet = outlet;
        var request = new SubscribeRequest
        {
            Matchers = matchers,
            Grants = grants,
            Start = !fresh ? Cursor.After(LastEventId) : Earliest ? Cursor.Earliest : Cursor.Now,
            WhenFallenBehind = policy,
            Last = Last,
            Snapshot = Snapshot,
        };
        Subscriber = hub.Attach(request, outlet.Outlet);
        (outlet as SimulatedDeliveries)?.Begin(Subscriber, Has);
    }

    /// <summary>Looks at what came since the last check.</summary>
    public void Check(SimulatedHub hub)
    {
        if (Outlet is null) return;

        // Until its first word it has asked for what is kept by then.
        if (LastEventId.IsNone && Earliest) ExcuseWhatIsGone(hub);
        for (; _checked < Outlet.Taken.Count; _checked++) Receive(hub, Outlet.Taken[_checked]);
    }

    /// <summary>The connection breaks, and the last things written never arrive.</summary>
    public void LoseTail(int count)
    {
        if (Outlet is null) return;
        Outlet.Taken.RemoveRange(Math.Max(_checked, Outlet.Taken.Count - count), Math.Min(count, Outlet.Taken.Count - _checked));
    }

    public void Leave()
    {
        Subscriber?.Close(EndReason.PeerClosed);
        Outlet = null;
        Subscriber = null;
    }

    /// <summary>The hub is gone, and with it the connection.</summary>
    public void Lose()
    {
        Outlet = null;
        Subscriber = null;
        Has = null;
    }

    /// <summary>Whether it has not had all that it wants first.</summary>
    public bool IsBeginning => _cut > 0;

    /// <summary>Whether its stream came to the end of all its topics, rightly.</summary>
    public bool IsOver(SimulatedHub hub)
    {
        if (IsConnected || Subscriber?.Ended is not { IsCompleted: true, Result: EndReason.Closed }) return false;
        matchers.Matchers.ShouldAllBe(m => m.Kind == MatcherKind.Exact && hub.ClosingOf(Topic.Parse(m.Value)) != null, $"{name} has open topics");
        Next(hub).ShouldBeNull($"{name} was ended before its last event");
        return true;
    }

    /// <summary>Whether it has all that it asked for, as far as anybody can tell: where its id may lead to several places, of one of them.</summary>
    public bool IsWhole(SimulatedHub hub) => Has is not null || HasState(hub) || (!TakesSignals && _mayHave.Any(place => NextAfter(hub, place) is null));

    /// <summary>What it must get next: the first event after what it has that it asked for and may have, and that was not gone when it was told a gap.</summary>
    public PublishedEvent? Next(SimulatedHub hub) =>
        Has is { } has ? NextAfter(hub, has) : null;

    private PublishedEvent? NextAfter(SimulatedHub hub, long place) =>
        hub.PublishedAfter(place).FirstOrDefault(p => Wants(p.Logged.Content) && !_excused.Contains(p.Position));

    private void Receive(SimulatedHub hub, Written written)
    {
        if (_cut > 0 && ReceivePrelude(hub, written)) return;
        if (_sinceGap is not null && written.Kind is not WrittenKind.Gap)
        {
            ReceiveState(hub, written);
            return;
        }

        if (written.Kind is WrittenKind.Closing && ReceiveTold(hub, written)) return;
        if (Has is null && !IsFreshStart(written)) Has = _mayHave.FirstOrDefault(position => Fits(hub, position, written), -1);
        switch (written.Kind)
        {
            case WrittenKind.Event or WrittenKind.Closing:
                ReceiveEvent(hub, written);
                break;
            case WrittenKind.Gap:
                ReceiveGap(hub, written);
                break;
            default:
                ReceiveCursor(hub, written);
                break;
        }

        LastEventId = written.Id;
    }

    /// <summary>Whether it has the newest of each key since it was told a gap.</summary>
    public bool HasState(SimulatedHub hub) =>
        _sinceGap is { } received && Selected(hub, long.MaxValue).All(p => received.Contains(p.Position));

    private void ReceiveState(SimulatedHub hub, Written written)
    {
        LastEventId = written.Id;
        if (written.Kind is not WrittenKind.Event) return;
        (_sinceGap!.Count == 0 || written.Position > _sinceGap[^1]).ShouldBeTrue($"{name} got {written} out of order");
        Wants(hub.PublishedThrough(written.Position).Last().Logged.Content).ShouldBeTrue($"{name} got {written}, which it may not have");
        _sinceGap.Add(written.Position);
    }

    // What is at or before the cut comes first: of each key or topic the newest. The first thing beyond says that it was all.
    private bool ReceivePrelude(SimulatedHub hub, Written written)
    {
        var isPartOf = written.Kind is WrittenKind.Event && written.Position <= _cut;
        if (isPartOf)
        {
            (_prelude.Count == 0 || written.Position > _prelude[^1]).ShouldBeTrue($"{name} got {written} out of order");
            Selected(hub, _cut, keptOnly: !Snapshot).ShouldContain(p => p.Position == written.Position, $"{name} got {written} before the cut at {_cut}");
            _prelude.Add(written.Position);
            LastEventId = written.Id;
            return true;
        }

        if (written.Kind is WrittenKind.Cursor && HubEventId.TryParse(written.Id, out var cursor) && cursor.Position < _cut)
        {
            LastEventId = written.Id;
            return true;
        }

        foreach (var published in Selected(hub, long.MaxValue).Where(p => p.Position <= _cut && IsSure(hub, p)))
            _prelude.ShouldContain(published.Position, $"{name} was to have {published.Position} before the cut at {_cut}");
        _cut = 0;
        return false;
    }

    // A snapshot gives what is still the newest, however little the log keeps; of a topic only what is kept can be given.
    private bool IsSure(SimulatedHub hub, PublishedEvent published) => Snapshot || hub.Keeps(published);

    private IEnumerable<PublishedEvent> Selected(SimulatedHub hub, long through, bool keptOnly = false)
    {
        var all = hub.PublishedThrough(through).Where(p => Wants(p.Logged.Content) && !p.Logged.Content.IsClosing).ToList();
        var readable = keptOnly ? all.FindAll(hub.Keeps) : all;
        if (Snapshot)
        {
            return readable.Where(p => p.Logged.Content.Key is { } key
                && !readable.Exists(n => n.Position > p.Position && n.Logged.Content.Key == key && n.Logged.Content.Topics[0] == p.Logged.Content.Topics[0]));
        }

        return all.Where(p => p.Logged.Content.Topics.Any(t => matchers.Matches(t)
            && readable.Count(n => n.Position > p.Position && n.Position <= _cut && n.Logged.Content.Topics.Contains(t)) < Last));
    }

    // Told of a topic that was closed before its place, since it had no cursor, or a gap.
    private bool ReceiveTold(SimulatedHub hub, Written written)
    {
        if (Has is not { } has || hub.PublishedAfter(has).Any(p => p.Logged.Content.IsClosing && p.Expected == written.Payload)) return false;
        HubEventId.TryParse(written.Id, out var place).ShouldBeTrue();
        place.Position.ShouldBeGreaterThanOrEqualTo(has, $"{name} was told of a closing at a place before its own");
        (Next(hub)?.Position ?? long.MaxValue).ShouldBeGreaterThan(place.Position, $"{name} was told of a closing at a place that it has not come to");
        Has = place.Position;
        hub.PublishedThrough(place.Position).Any(p => p.Logged.Content.IsClosing && written.Payload.EndsWith(DataOf(p.Expected), StringComparison.Ordinal))
            .ShouldBeTrue($"{name} was told of a closing that never was");
        LastEventId = written.Id;
        return true;
    }

    private static string DataOf(string block) => block[block.IndexOf("data:", StringComparison.Ordinal)..];

    private static bool IsFreshStart(Written written) => written.Kind is WrittenKind.Gap && written.Payload is not nameof(GapReason.Trimmed);

    private bool Fits(SimulatedHub hub, long position, Written written)
    {
        Has = position;
        var next = Next(hub);
        return written.Kind switch
        {
            WrittenKind.Event or WrittenKind.Closing => next?.Position == written.Position,
            WrittenKind.Gap => HubEventId.TryParse(written.Id, out var resume) && resume.Position >= position && KeptThrough(hub, resume.Position) is null,
            _ => HubEventId.TryParse(written.Id, out var cursor) && (next is null || next.Position > cursor.Position),
        };
    }

    private void ReceiveEvent(SimulatedHub hub, Written written)
    {
        // What the log had dropped may come all the same, from memory.
        var next = Next(hub);
        var gone = hub.PublishedAfter(Has ?? long.MaxValue).FirstOrDefault(p => p.Position == written.Position && _excused.Contains(p.Position));
        var expected = (gone?.Position < (next?.Position ?? long.MaxValue) ? gone : next)
            ?? throw new InvalidOperationException($"{name} got {written} and should have got nothing");
        if (written.Kind is WrittenKind.Event) _goneBefore.ShouldNotContain(written.Position, $"{name} was given what the limits had dropped before it came");
        written.Payload.ShouldBe(expected.Expected, $"{name} has everything up to {Has}");
        Has = expected.Position;
    }

    private void ReceiveGap(SimulatedHub hub, Written written)
    {
        HubEventId.TryParse(written.Id, out var resume).ShouldBeTrue();
        resume.Epoch.ShouldBe(hub.Core.Log.Epoch);
        if (Snapshot)
        {
            // The state is sent again, up to a place that only the hub knows, then everything after it. Where nothing was trimmed, all is.
            resume.Position.ShouldBe(0, $"{name} was told a gap that does not say that the state is sent again");
            _sinceGap = [];
            Has = null;
            return;
        }

        if (written.Payload is nameof(GapReason.Trimmed))
        {
            Has.ShouldNotBeNull($"{name} asked with an id that cannot be resumed from");
            resume.Position.ShouldBeGreaterThanOrEqualTo(Has.Value, $"{name} was sent back by a gap");
            hub.TrimmedThrough(this).ShouldBeGreaterThan(Has.Value, $"{name} was told a gap over nothing");
        }
        else
        {
            Has.ShouldBeNull($"{name} asked with an id that the log knows");
        }

        KeptThrough(hub, resume.Position).ShouldBeNull($"{name} was told a gap over events that are kept");
        Has = resume.Position;
        ExcuseWhatIsGone(hub);
    }

    private PublishedEvent? KeptThrough(SimulatedHub hub, long position) =>
        hub.PublishedAfter(Has ?? 0).FirstOrDefault(p => p.Position <= position && Wants(p.Logged.Content) && hub.Keeps(p));

    // What is gone when a gap is told need not come. Whatever else is after its place must.
    private void ExcuseWhatIsGone(SimulatedHub hub) => _excused = [.. hub.PublishedThrough(long.MaxValue).Where(p => !hub.Keeps(p)).Select(p => p.Position)];

    private void ReceiveCursor(SimulatedHub hub, Written written)
    {
        HubEventId.TryParse(written.Id, out var cursor).ShouldBeTrue();
        var next = Next(hub);
        if (next is not null) next.Position.ShouldBeGreaterThan(cursor.Position, $"{name} was given an id beyond an event that it has not had");
        Has.ShouldNotBeNull();
        Has = Math.Max(Has.Value, cursor.Position);
    }

    private bool Wants(Event content) =>
        (TakesSignals || !content.IsClosing) && content.Topics.Any(matchers.Matches) && (!content.IsPrivate || content.Topics.Any(grants.Matches));
}
