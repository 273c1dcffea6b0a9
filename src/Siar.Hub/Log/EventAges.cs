namespace Siar.Hub;

/// <summary>
/// From when the ages of events count: from the lesser of the time that an event was given, and of the clock when the log first saw that it is behind
/// that time. So a clock that was ahead for a while makes no event outlive its limit of age. Logs share it. Not safe for concurrent use.
/// </summary>
/// <param name="latest">No event that is there was given a later time, as far as is known.</param>
public sealed class EventAges(DateTimeOffset latest)
{
    private const int MostSteps = 256;

    // Both rise.
    private readonly List<ClockStep> _steps = [];
    private DateTimeOffset _latest = latest;

    /// <summary>The moments at which the clock was found to be behind, in the order of positions.</summary>
    public IReadOnlyList<ClockStep> Steps => _steps;

    /// <summary>Whether the clock is behind an event that is there.</summary>
    public bool IsBehind(DateTimeOffset now) => now < _latest;

    /// <summary>Looks at the clock.</summary>
    /// <param name="now">What it says.</param>
    /// <param name="head">The position of the newest event.</param>
    /// <returns>Whether it is behind an event, so that there is a step more.</returns>
    public bool See(DateTimeOffset now, long head)
    {
        if (!IsBehind(now)) return false;
        _latest = now;
        if (head == 0) return false;
        while (_steps.Count > 0 && _steps[^1].Time >= now) _steps.RemoveAt(_steps.Count - 1);
        if (_steps.Count > 0 && _steps[^1].Through == head) return false;
        Add(new ClockStep(head, now));
        return true;
    }

    /// <summary>Says that an event was given a time.</summary>
    public void Note(DateTimeOffset time)
    {
        if (time > _latest) _latest = time;
    }

    /// <summary>Adds a step that is known from before; in the order of positions.</summary>
    public void Add(ClockStep step)
    {
        // A clock that goes back so often makes some events count as a little older than they are: a limit of age is kept.
        if (_steps.Count == MostSteps)
        {
            _steps[0] = new ClockStep(_steps[1].Through, _steps[0].Time);
            _steps.RemoveAt(1);
        }

        _steps.Add(step);
    }

    /// <summary>The moment from which an event's age counts.</summary>
    public DateTimeOffset CountsFrom(long position, DateTimeOffset time)
    {
        foreach (var step in _steps)
        {
            if (step.Through >= position) return time < step.Time ? time : step.Time;
        }

        return time;
    }

    /// <summary>Lets go of what is about events that are gone.</summary>
    /// <param name="through">No event that counts is at this position or before it.</param>
    /// <returns>Whether there was something to let go of.</returns>
    public bool Forget(long through)
    {
        var gone = 0;
        while (gone < _steps.Count && _steps[gone].Through <= through) gone++;
        _steps.RemoveRange(0, gone);
        return gone > 0;
    }

    /// <summary>Forgets all steps, to be filled again.</summary>
    public void Clear() => _steps.Clear();
}

/// <summary>That the clock was behind: no event up to a position counts as younger than what it said.</summary>
/// <param name="Through">The position of the newest event then.</param>
/// <param name="Time">What the clock said.</param>
public readonly record struct ClockStep(long Through, DateTimeOffset Time);
