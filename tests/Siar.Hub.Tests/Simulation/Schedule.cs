using System.Collections.Immutable;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Simulation;

/// <summary>One run of everything that may happen, in an order that its seed decides.</summary>
internal sealed class Schedule(int seed)
{
    private const int Steps = 120;
    private static readonly string[] Names = ["a", "b", "b1", "c", "d"];

    private readonly Random _random = new(seed);
    private readonly List<SimulatedReader> _readers = [];
    private int _ids;

    public void Run()
    {
        var meter = $"{nameof(Schedule)} {seed}";
        using var listener = _random.Next(20) == 0 ? ThrowingListener.OfMeter(meter) : null;
        var hub = new SimulatedHub(_random, meter);
        for (var i = 0; i < 6; i++) _readers.Add(NewReader(i));
        for (var step = 0; step < Steps; step++) Step(hub);
        Finish(hub);
    }

    private void Step(SimulatedHub hub)
    {
        var reader = _readers[_random.Next(_readers.Count)];
        switch (_random.Next(20))
        {
            case < 5:
                if (hub.HasOthers && _random.Next(4) == 0) hub.PublishElsewhere(NewEvent());
                else hub.Publish(NewEvent());
                break;
            case < 8:
                if (_random.Next(2) == 0) hub.RunSequencer();
                else hub.RunFollower();
                break;
            case < 13:
                hub.RunLane();
                break;
            case < 15:
                hub.RunReader();
                break;
            case < 17:
                if (reader.IsConnected) reader.Outlet!.Drain();
                else Reconnect(hub, reader);
                break;
            case 17:
                Disturb(reader);
                break;
            case 18:
                hub.Advance();
                break;
            default:
                if (_random.Next(12) == 0) Restart(hub);
                break;
        }

        foreach (var each in _readers) each.Check(hub);
    }

    private void Disturb(SimulatedReader reader)
    {
        if (!reader.IsConnected) return;
        if (_random.Next(2) == 0) reader.Outlet!.IsStalled = !reader.Outlet.IsStalled;
        else reader.Leave();
    }

    private void Restart(SimulatedHub hub)
    {
        hub.Restart();
        foreach (var reader in _readers) reader.Lose();
    }

    /// <summary>In the end every reader that still reads has all that it asked for.</summary>
    private void Finish(SimulatedHub hub)
    {
        hub.Mend();
        for (var round = 0; round < 400; round++)
        {
            foreach (var reader in _readers)
            {
                reader.Check(hub);
                if (!reader.IsConnected && !reader.IsOver(hub)) Reconnect(hub, reader);
                if (!reader.IsConnected) continue;
                reader.Outlet!.IsStalled = false;
                reader.Outlet.Drain();
            }

            hub.Settle();
            foreach (var reader in _readers) reader.Check(hub);
            if (_readers.TrueForAll(r => r.IsOver(hub) || (r.IsConnected && !r.Outlet!.IsFull && !r.IsBeginning && r.Next(hub) is null && r.IsWhole(hub)))) return;
        }

        foreach (var reader in _readers)
        {
            (reader.IsOver(hub) || reader.IsWhole(hub)).ShouldBeTrue($"{reader.Name} has not the newest of each key");
            reader.Next(hub).ShouldBeNull($"{reader.Name} (phase {reader.Subscriber?.Phase}) never got an event that it asked for");
        }

        throw new InvalidOperationException("the hub did not come to rest");
    }

    private void Reconnect(SimulatedHub hub, SimulatedReader reader)
    {
        reader.Check(hub);
        reader.Connect(hub, reader.IsInProcess ? new SimulatedDeliveries(hub) : new SimulatedOutlet(_random, _random.Next(3) == 0 ? 0 : _random.NextDouble() * 0.6, reader.TakesSignals, reader.TakesGzip));
    }

    private SimulatedReader NewReader(int number)
    {
        var matchers = _random.Next(4) == 0
            ? MatcherSet.All
            : MatcherSet.OfTopics(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Topic.Parse(AnyName())));
        var grants = _random.Next(3) switch
        {
            0 => MatcherSet.None,
            1 => MatcherSet.All,
            _ => MatcherSet.OfTopics(Topic.Parse(AnyName())),
        };
        var isInProcess = _random.Next(6) == 0;
        int? last = !isInProcess && _random.Next(4) == 0 ? _random.Next(1, 4) : null;
        var snapshot = !isInProcess && _random.Next(4) == 0;
        return new SimulatedReader($"reader {number} of seed {seed}", matchers, grants, (FallenBehind)_random.Next(2))
        {
            Last = last,
            Snapshot = snapshot,
            Earliest = _random.Next(3) == 0,
            IsInProcess = isInProcess,
            // What it wants first has come whole once something else has: without signals nobody can say when.
            TakesSignals = isInProcess || last is not null || snapshot || _random.Next(2) == 0,
            TakesGzip = _random.Next(4) == 0,
        };
    }

    private Event NewEvent()
    {
        if (_random.Next(40) == 0) return Event.Closing(Topic.Parse(AnyName()), isPrivate: _random.Next(3) == 0);
        var topics = Enumerable.Range(0, _random.Next(4) == 0 ? 2 : 1).Select(_ => Topic.Parse(AnyName())).ToImmutableArray();
        return new Event(topics, System.Text.Encoding.UTF8.GetBytes(AnyText()))
        {
            IsPrivate = _random.Next(4) == 0,
            Key = _random.Next(2) == 0 ? $"k{_random.Next(3)}" : null,
            Id = _random.Next(5) == 0 ? EventId.Parse($"own-{_random.Next(12) switch { 0 => _ids, _ => ++_ids }}") : default,
            Type = _random.Next(5) == 0 ? EventType.Parse("kind") : default,
        };
    }

    private string AnyName() => Names[_random.Next(Names.Length)];

    private string AnyText() => string.Join('\n', Enumerable.Range(0, _random.Next(1, 4)).Select(_ => new string('x', _random.Next(0, 40))));
}
