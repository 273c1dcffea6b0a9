namespace Siar.Hub;

/// <summary>
/// Says when what a name (a token or an address) causes may be told: so much a second, of which two seconds can be saved up. What is over the
/// rate is late, not lost. A name that has saved up everything again is forgotten. Guarded by the queue's lock.
/// </summary>
/// <param name="rate">How much a second; asked each time, since it may be changed.</param>
internal sealed class PresenceRate<TName>(Func<int> rate)
    where TName : notnull
{
    private const double SavedSeconds = 2;
    private const int SweepEvery = 1_024;

    // The moment up to which each name has used up its rate, as in the generic cell rate algorithm (ITU-T I.371).
    private readonly Dictionary<TName, double> _usedUpTo = [];
    private int _untilSweep = SweepEvery;

    /// <summary>Takes an amount, and answers when it is to be had.</summary>
    public double Take(TName name, double amount, double now)
    {
        if (--_untilSweep == 0) Sweep(now);
        var from = now - SavedSeconds;
        if (_usedUpTo.TryGetValue(name, out var used) && used > from) from = used;
        var until = from + (amount / rate());
        _usedUpTo[name] = until;
        return Math.Max(now, until);
    }

    /// <summary>Gives back what was taken for something that need not be told any more.</summary>
    public void Return(TName name, double amount)
    {
        if (_usedUpTo.TryGetValue(name, out var until)) _usedUpTo[name] = until - (amount / rate());
    }

    private void Sweep(double now)
    {
        foreach (var (name, until) in _usedUpTo)
        {
            if (until <= now - SavedSeconds) _usedUpTo.Remove(name);
        }

        _untilSweep = Math.Max(SweepEvery, _usedUpTo.Count);
    }
}
