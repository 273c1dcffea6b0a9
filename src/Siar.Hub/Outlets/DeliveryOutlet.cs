using System.Threading.Channels;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>The outlet of a reader in the same process: a short queue of what it has not taken yet. The log is the long one.</summary>
internal sealed class DeliveryOutlet : Outlet
{
    // One write of the lane is at most 64 KiB; beyond this many events the reader is left behind with its cursor.
    private const int EnoughWaiting = 64;

    // Not SingleReader: that kind of channel cannot be counted.
    private readonly Channel<Delivery> _queue = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleWriter = true });

    private int _full;

    /// <inheritdoc />
    public override bool TakesSignals => true;

    /// <inheritdoc />
    public override bool HasPeer => false;

    /// <inheritdoc />
    /// <remarks>The reader goes on elsewhere: the queue runs no continuation in place.</remarks>
    public override bool WritesInPlace => true;

    /// <inheritdoc />
    public override WriteResult Write(ReadOnlySpan<Frame> frames)
    {
        foreach (var frame in frames) _queue.Writer.TryWrite(DeliveryOf(frame.Event));
        return StateNow();
    }

    /// <inheritdoc />
    public override OutletState WriteKeepAlive(EventId? cursor) => OutletState.Ready;

    /// <inheritdoc />
    public override OutletState WriteGap(Gap gap)
    {
        _queue.Writer.TryWrite(new Delivery.Missed(gap));
        return StateNow();
    }

    /// <inheritdoc />
    public override OutletState WriteLive(EventId cursor)
    {
        _queue.Writer.TryWrite(new Delivery.Live());
        return StateNow();
    }

    /// <inheritdoc />
    public override void End(int? retryMilliseconds) => _queue.Writer.TryComplete();

    /// <inheritdoc />
    public override void Abort() => _queue.Writer.TryComplete();

    /// <summary>Takes the deliveries as they come, until the stream ends.</summary>
    public async IAsyncEnumerable<Delivery> ReadAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken))
        {
            while (TryTake(out var delivery)) yield return delivery;
        }
    }

    /// <summary>Takes the next delivery, where one waits. Where none does, the lane may write again.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Delivery? delivery)
    {
        if (_queue.Reader.TryRead(out delivery)) return true;
        if (Interlocked.Exchange(ref _full, 0) == 1) Signal.Writable();
        return false;
    }

    private static Delivery DeliveryOf(LoggedEvent logged) =>
        logged.Content.IsClosing ? new Delivery.Closed(logged.Content.Topics[0]) : new Delivery.Published(logged);

    private OutletState StateNow()
    {
        if (_queue.Reader.Count < EnoughWaiting) return OutletState.Ready;
        Interlocked.Exchange(ref _full, 1);

        // The reader may have taken everything just before it could see the mark; then nobody would signal.
        var takenMeanwhile = _queue.Reader.Count < EnoughWaiting && Interlocked.Exchange(ref _full, 0) == 1;
        return takenMeanwhile ? OutletState.Ready : OutletState.Full;
    }
}
