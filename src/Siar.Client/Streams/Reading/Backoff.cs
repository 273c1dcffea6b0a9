namespace Siar.Client;

/// <summary>Counts waits in a row, and draws the next.</summary>
internal sealed class Backoff(ReconnectOptions options, Func<double> random)
{
    /// <summary>The wait that a server asks for is drawn out by up to a quarter, since it asks all its readers for the same.</summary>
    private const double Spread = 1.25;

    private const int MaxDoublings = 20;

    private int _waits;

    /// <summary>A connection has shown that all is well.</summary>
    public void Reset() => _waits = 0;

    /// <summary>A connection has failed, or ended too soon.</summary>
    /// <param name="asked">How long the server wants its readers to wait; null where it has not said.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        var least = Clamp(asked ?? options.MinDelay, options.MinDelay, options.MaxServerDelay);
        var start = asked is null ? options.InitialDelay : least;
        var doubled = Clamp(start * Math.Pow(2, Math.Min(_waits, MaxDoublings)), TimeSpan.Zero, options.MaxDelay);
        var most = asked is null ? doubled : Longer(doubled, least * Spread);
        _waits++;
        return most > least ? least + (most - least) * random() : least;
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => Longer(value < most ? value : most, least);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
