namespace Siar.Hub.Tests.Simulation;

/// <summary>What a reader in the hub's process is given, taken by its own loop when the schedule says so.</summary>
internal sealed class SimulatedDeliveries(SimulatedHub hub) : ISimulatedStream
{
    private readonly DeliveryOutlet _outlet = new();
    private Subscriber? _subscriber;
    private long _place;

    /// <inheritdoc />
    public Outlet Outlet => _outlet;

    /// <inheritdoc />
    public List<Written> Taken { get; } = [];

    /// <inheritdoc />
    public bool IsFull => false;

    /// <inheritdoc />
    public bool IsStalled { get; set; }

    /// <inheritdoc />
    public bool IsOver { get; private set; }

    /// <summary>The lane knows it now.</summary>
    /// <param name="subscriber">What the lane knows it by.</param>
    /// <param name="place">The position after which it begins; null where it will be told a gap first.</param>
    public void Begin(Subscriber subscriber, long? place)
    {
        _subscriber = subscriber;
        _place = place ?? long.MaxValue;
    }

    /// <inheritdoc />
    public void Drain()
    {
        if (IsStalled) return;
        var isLast = _subscriber!.Ended.IsCompleted;
        while (_outlet.TryTake(out var delivery)) Take(delivery);
        IsOver = isLast;
    }

    private void Take(Delivery delivery)
    {
        switch (delivery)
        {
            case Delivery.Published { Logged: var logged }:
                _place = logged.Position;
                Taken.Add(new Written(logged.Id, logged.Position, new PublishedEvent(0, logged).Expected, WrittenKind.Event));
                break;
            case Delivery.Missed { Missing: var gap }:
                HubEventId.TryParse(gap.Resume, out var resume).ShouldBeTrue();
                _place = resume.Position;
                Taken.Add(new Written(gap.Resume, 0, gap.Reason.ToString(), WrittenKind.Gap));
                break;
            case Delivery.Closed { Topic: var topic }:
                // Told of a topic that was closed before its place, it is not told where.
                var closing = hub.ClosingOf(topic)!;
                if (closing.Position > _place) Taken.Add(new Written(closing.Logged.Id, closing.Position, closing.Expected, WrittenKind.Closing));
                break;
        }
    }
}
