using System.Collections.Concurrent;
using System.Globalization;

namespace Siar.Hub;

/// <summary>
/// Lets one line of each kind into the log in a minute, and counts those that it leaves out: a stranger who can cause a line can cause a million, and the log is
/// often on the same disk as the events. Safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SampledLog(TimeProvider time)
{
    /// <summary>How long a kind is silent after a line.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether a line may be written now; otherwise it is counted.</summary>
    /// <param name="kind">What the line is about: one of a few words, none of them a stranger's.</param>
    /// <param name="leftOut">What ends the line: how many were left out before it, as a sentence after a blank; empty where there were none.</param>
    public bool TryTake(string kind, out string leftOut)
    {
        leftOut = "";
        var state = _kinds.GetOrAdd(kind, static _ => new Kind());
        long count;
        lock (state)
        {
            var now = time.GetTimestamp();
            if (state.LastAt is { } last && time.GetElapsedTime(last, now) < Interval)
            {
                state.LeftOut++;
                return false;
            }

            count = state.LeftOut;
            (state.LastAt, state.LeftOut) = (now, 0);
        }

        if (count > 0) leftOut = string.Create(CultureInfo.InvariantCulture, $" {count} more lines of this kind were left out since the last one.");
        return true;
    }

    /// <summary>Writes a line if one may be written now; otherwise it is counted. Never throws: for loops that must go on, also when the logger is what fails.</summary>
    /// <param name="kind">See <see cref="TryTake"/>.</param>
    /// <param name="write">Writes the line, with what ends it.</param>
    public void Write(string kind, Action<string> write)
    {
        if (!TryTake(kind, out var leftOut)) return;
        try
        {
            write(leftOut);
        }
        catch (Exception)
        {
            // The logger is what fails, so the line can only be counted among those that were left out.
            var state = _kinds[kind];
            lock (state) state.LeftOut++;
        }
    }

    private sealed class Kind
    {
        public long? LastAt { get; set; }

        public long LeftOut { get; set; }
    }
}
