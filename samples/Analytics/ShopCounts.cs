namespace Analytics;

/// <summary>Counts an access log in sliding windows. What it tells depends on the lines alone, not on when it is asked.</summary>
internal sealed class ShopCounts
{
    private static readonly TimeSpan Short = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);
    private const int Days = 7;

    private readonly Queue<AccessLine> _short = new();
    private readonly Queue<AccessLine> _long = new();
    private readonly Dictionary<string, int> _visitors = [];
    private readonly Dictionary<string, int> _pages = [];
    private readonly SortedDictionary<DateOnly, long[]> _hours = [];
    private long _lines;
    private long _orders;
    private long _cents;
    private long _centsOfHour;
    private int _failed;
    private DateTimeOffset _now;

    /// <summary>Counts one line.</summary>
    public void Add(AccessLine line)
    {
        _lines++;
        if (line.Time > _now) _now = line.Time;
        _short.Enqueue(line);
        _long.Enqueue(line);
        Count(_visitors, line.Client, 1);
        if (line.Status >= 500) _failed++;
        if (line.IsView) Count(_pages, line.Path, 1);
        if (line.Cents is { } cents)
        {
            _orders++;
            _cents += cents;
            _centsOfHour += cents;
        }

        CountHour(line);
        while (_short.Peek().Time <= _now - Short) LeaveShort(_short.Dequeue());
        while (_long.Peek().Time <= _now - Long) LeaveLong(_long.Dequeue());
    }

    /// <summary>The figures of the lines so far.</summary>
    public BoardFigures Tell() => new(
        _lines,
        _now,
        _visitors.Count,
        _orders,
        _cents / 100m,
        _centsOfHour / 100m,
        _short.Count == 0 ? 0 : Math.Round((double)_failed / _short.Count, 4),
        [.. _pages.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).Take(8).Select(p => new PageFigures(p.Key, p.Value))],
        MinutesOfHour(),
        [.. _hours.Select(d => new DayFigures(d.Key, [.. d.Value]))]);

    private int[] MinutesOfHour()
    {
        var minutes = new int[60];
        foreach (var line in _long)
        {
            if (line.IsView && line.Time > _now - Long) minutes[59 - (int)(_now - line.Time).TotalMinutes]++;
        }

        return minutes;
    }

    private void CountHour(AccessLine line)
    {
        if (!line.IsView) return;
        var day = DateOnly.FromDateTime(line.Time.UtcDateTime);
        if (!_hours.TryGetValue(day, out var hours)) _hours.Add(day, hours = new long[24]);
        hours[line.Time.UtcDateTime.Hour]++;
        while (_hours.Count > Days) _hours.Remove(_hours.Keys.First());
    }

    private void LeaveShort(AccessLine line)
    {
        Count(_visitors, line.Client, -1);
        if (line.Status >= 500) _failed--;
    }

    private void LeaveLong(AccessLine line)
    {
        if (line.IsView) Count(_pages, line.Path, -1);
        _centsOfHour -= line.Cents ?? 0;
    }

    private static void Count(Dictionary<string, int> counts, string key, int by)
    {
        var count = counts.GetValueOrDefault(key) + by;
        if (count == 0) counts.Remove(key);
        else counts[key] = count;
    }
}
