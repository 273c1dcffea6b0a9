using Siar.Wire;

namespace Siar.Hub.Tests;

/// <summary>An outlet that notes what it is given, in words, and is full when a test says so.</summary>
internal sealed class TestOutlet(bool takesSignals = true, bool? takesGaps = null) : Outlet
{
    public List<string> Notes { get; } = [];

    public List<long> Positions { get; } = [];

    public OutletState State { get; set; } = OutletState.Ready;

    /// <inheritdoc />
    public override bool TakesSignals => takesSignals;

    /// <inheritdoc />
    public override bool TakesGaps => takesGaps ?? takesSignals;

    /// <inheritdoc />
    public override bool WritesInPlace => true;

    /// <inheritdoc />
    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        foreach (var frame in frames)
        {
            Notes.Add(frame.Event.Content.GetText());
            Positions.Add(frame.Event.Position);
        }

        return State;
    }

    /// <inheritdoc />
    public override OutletState WriteKeepAlive(EventId? cursor) => Note(cursor is { } id ? $"alive {Position(id)}" : "alive");

    /// <inheritdoc />
    public override OutletState WriteGap(Gap gap) => Note($"gap {gap.Reason} {Position(gap.Resume)}");

    /// <inheritdoc />
    public override OutletState WriteLive(EventId cursor) => Note($"live {Position(cursor)}");

    /// <inheritdoc />
    public override OutletState WriteRevoked(RevokedSignal signal) => Note($"revoked {signal.Reason}{(signal.Until is { } until ? $" {until:HH:mm}" : "")}");

    /// <inheritdoc />
    public override void End(int? retryMilliseconds) => Notes.Add(retryMilliseconds is { } retry ? $"end retry {retry}" : "end");

    /// <inheritdoc />
    public override void Abort() => Notes.Add("abort");

    private OutletState Note(string note)
    {
        Notes.Add(note);
        return State;
    }

    private static long Position(EventId id) => HubEventId.TryParse(id, out var hubId) ? hubId.Position : -1;
}
