namespace Siar.Hub;

/// <summary>What all lanes of a hub share.</summary>
/// <param name="Log">Where events are kept.</param>
/// <param name="Window">The newest of them, as frames.</param>
/// <param name="Pages">Reads the log for subscribers that are below the window.</param>
/// <param name="Patterns">The bound on distinct patterns.</param>
/// <param name="Presence">Counts those who may be told who comes and goes; null where nobody is told.</param>
/// <param name="Clock">The hub's clock.</param>
/// <param name="Options">How the hub behaves.</param>
/// <param name="Tuning">How much a lane does at a time.</param>
/// <param name="Chance">A random number from 0 to 1, for jitter.</param>
/// <param name="OnFailure">Told of what should not have happened.</param>
internal sealed record LaneContext(
    IEventLog Log, FrameWindow Window, PageLoader Pages, PatternBudget Patterns, PresenceFeed? Presence, HubClock Clock, HubOptions Options, HubTuning Tuning,
    Func<double> Chance, Action<Exception> OnFailure);
