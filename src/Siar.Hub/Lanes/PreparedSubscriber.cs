namespace Siar.Hub;

/// <summary>
/// A subscriber that knows where it begins and whose patterns are counted, but that no lane has yet, so that an endpoint can still answer otherwise.
/// Disposing of it gives back what it holds, unless it was attached before. Used by one thread at a time.
/// </summary>
internal sealed class PreparedSubscriber(Subscriber subscriber, Action<Subscriber> giveBack, Action<Subscriber> onAttached) : IDisposable
{
    private bool _isSettled;

    public Subscriber Subscriber => subscriber;

    /// <summary>Hands the subscriber to its lane. From then on the lane alone calls the outlet, until <see cref="Subscriber.Ended"/>.</summary>
    public Subscriber Attach()
    {
        if (_isSettled) throw new InvalidOperationException("The subscriber was attached or given up before.");
        subscriber.Join();
        _isSettled = true;
        onAttached(subscriber);
        return subscriber;
    }

    public void Dispose()
    {
        if (_isSettled) return;
        _isSettled = true;
        giveBack(subscriber);
    }
}
