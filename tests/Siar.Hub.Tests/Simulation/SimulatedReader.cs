using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>
/// One client over all its connections, and what the plain model knows of it: the position up to which it has everything. It checks each
/// thing that it receives against the list of all published events.
/// </summary>
internal sealed class SimulatedReader(string name, MatcherSet matchers, MatcherSet grants, FallenBehind policy)
{
    private int _checked;
    private IReadOnlyList<long> _mayHave = [];

    public string Name => name;

    public MatcherSet Matchers => matchers;

    public MatcherSet Grants => grants;

    public Subscriber? Subscriber { get; private set; }

    public SimulatedOutlet? Outlet { get; private set; }

    /// <summary>The last event id string, as a browser keeps it; the default value before the first.</summary>
    public EventId LastEventId { get; private set; }

    /// <summary>It has everything up to this position of the present life; null where only a gap can tell.</summary>
    public long? Has { get; private set; }

    public bool IsConnected => Outlet is { IsOver: false };

    public void Connect(SimulatedHub hub, SimulatedOutlet outlet)
    {
        var fresh = LastEventId.IsNone;
        Has = fresh ? hub.Core.Log.Head : hub.PositionOf(LastEventId);
        _mayHave = hub.PossiblePositionsOf(LastEventId);
        _checked = 0;
        Outlet = outlet;
        var request = new SubscribeRequest
        {
            Matchers = matchers,
            Grants = grants,
            Start = fresh ? Cursor.Now : Cursor.After(LastEventId),
            WhenFallenBehind = policy,
        };
        Subscriber = hub.Attach(request, outlet);
    }

    /// <summary>Looks at what came since the last check.</summary>
    public void Check(SimulatedHub hub)
    {
        if (Outlet is null) return;
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

    /// <summary>What it should get next: the first event after what it has that it asked for and may have.</summary>
    public PublishedEvent? Next(SimulatedHub hub)
    {
        if (Has is not { } has) return null;
        foreach (var published in hub.PublishedAfter(has))
        {
            if (Wants(published.Logged.Content)) return published;
        }

        return null;
    }

    private void Receive(SimulatedHub hub, Written written)
    {
        if (Has is null && !IsFreshStart(written)) Has = _mayHave.FirstOrDefault(position => Fits(hub, position, written), -1);
        switch (written.Kind)
        {
            case WrittenKind.Event:
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

    private static bool IsFreshStart(Written written) => written.Kind is WrittenKind.Gap && written.Payload is not nameof(GapReason.Trimmed);

    private bool Fits(SimulatedHub hub, long position, Written written)
    {
        Has = position;
        var next = Next(hub);
        return written.Kind switch
        {
            WrittenKind.Event => next?.Position == written.Position,
            WrittenKind.Gap => HubEventId.TryParse(written.Id, out var resume) && resume.Position > position,
            _ => HubEventId.TryParse(written.Id, out var cursor) && (next is null || next.Position > cursor.Position),
        };
    }

    private void ReceiveEvent(SimulatedHub hub, Written written)
    {
        var next = Next(hub) ?? throw new InvalidOperationException($"{name} got {written} and should have got nothing");
        written.Payload.ShouldBe(next.Expected, $"{name} has everything up to {Has}");
        Has = next.Position;
    }

    private void ReceiveGap(SimulatedHub hub, Written written)
    {
        HubEventId.TryParse(written.Id, out var resume).ShouldBeTrue();
        resume.Epoch.ShouldBe(hub.Core.Log.Epoch);
        if (written.Payload is nameof(GapReason.Trimmed))
        {
            Has.ShouldNotBeNull($"{name} asked with an id that cannot be resumed from");
            resume.Position.ShouldBeGreaterThan(Has.Value, $"{name} was told a gap over nothing");
            resume.Position.ShouldBeLessThanOrEqualTo(hub.TrimmedThrough(this), $"{name} was told a gap over events that are kept");
        }
        else
        {
            Has.ShouldBeNull($"{name} asked with an id that the log knows");
        }

        Has = resume.Position;
    }

    private void ReceiveCursor(SimulatedHub hub, Written written)
    {
        HubEventId.TryParse(written.Id, out var cursor).ShouldBeTrue();
        var next = Next(hub);
        if (next is not null) next.Position.ShouldBeGreaterThan(cursor.Position, $"{name} was given an id beyond an event that it has not had");
        Has.ShouldNotBeNull();
        Has = Math.Max(Has.Value, cursor.Position);
    }

    private bool Wants(Event content) =>
        content.Topics.Any(matchers.Matches) && (!content.IsPrivate || content.Topics.Any(grants.Matches));
}
