using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract.History;

/// <summary>The plain model of a log: a list, and the rules as they are written.</summary>
internal sealed class LogModel(RetentionPlan plan)
{
    private readonly List<LoggedEvent> _kept = [];
    private readonly Dictionary<long, DateTimeOffset> _countsFrom = [];
    private readonly Dictionary<string, long> _ids = [];
    private readonly List<LoggedEvent> _survivors = [];
    private readonly Dictionary<string, LoggedEvent> _newest = [];
    private readonly Dictionary<string, long> _trimmed = [];
    private readonly List<LoggedEvent> _dropped = [];
    private readonly Dictionary<(RetentionClass, Topic, bool), (string Id, long Position)> _lastOfTopic = [];

    public long Head { get; private set; }

    public void Append(IEnumerable<LoggedEvent> events)
    {
        foreach (var logged in events)
        {
            _kept.Add(logged);
            _countsFrom[logged.Position] = logged.Time;
            Head = logged.Position;
            if (logged.Content.Key is not null)
            {
                _survivors.RemoveAll(s => VariantOf(s) == VariantOf(logged));
                _newest[VariantOf(logged)] = logged;
            }

            if (!logged.Content.Id.IsNone) _ids.TryAdd(logged.Content.Id.Value, logged.Position);
        }
    }

    public IReadOnlyList<LoggedEvent> Read(MatcherSet matchers, long after) =>
        [.. _kept.Where(e => e.Position > after && e.Content.Topics.Any(matchers.Matches))];

    public IReadOnlyList<LoggedEvent> Select(MatcherSet matchers, EventSelection selection, long after)
    {
        var readable = _survivors.Concat(_kept).Where(e => matchers.MatchesAny(e.Content.Topics) && selection.Counts(e.Content)).ToList();
        var selected = selection.IsOfKeys
            ? readable.Where(e => e.Content.Key is not null).GroupBy(e => (e.Content.Topics[0], e.Content.Key)).Select(g => g.MaxBy(e => e.Position)!)
            : readable.Except(_survivors).Where(e => e.Content.Topics.Any(t => matchers.Matches(t)
                && readable.Except(_survivors).Count(n => n.Position > e.Position && n.Content.Topics.Contains(t)) < selection.LastOfTopic));
        return [.. selected.Where(e => e.Position > after).OrderBy(e => e.Position)];
    }

    /// <summary>Whether the log knows too few topics to tell gaps exactly.</summary>
    public bool ForgetsTopics => plan.TrimmedTopics < 100;

    public bool Keeps(string id) => _ids.ContainsKey(id);

    // The id of the last event of a topic is known when that is dropped: a reader of a quiet topic has it as its cursor.
    public ResolvedCursor Resolve(string id)
    {
        if (_ids.TryGetValue(id, out var position)) return new ResolvedCursor(position, null);
        var last = _lastOfTopic.Values.Where(l => l.Id == id).Select(l => l.Position).ToList();
        return last.Count > 0 ? new ResolvedCursor(last.Min(), null) : new ResolvedCursor(0, GapReason.UnknownId);
    }

    public long Trimmed(RetentionClass of) => _trimmed.GetValueOrDefault(of.Prefix);

    /// <summary>The highest position dropped that a reader may have had: with all grants, or with none.</summary>
    public long Floor(MatcherSet matchers, MatcherSet grants) =>
        _dropped.Where(d => matchers.MatchesAny(d.Content.Topics) && (!d.Content.IsPrivate || grants.MatchesAny(d.Content.Topics))).Select(d => d.Position).DefaultIfEmpty(0).Max();

    /// <summary>The log looks at the clock: an event from the future counts from now on.</summary>
    public void See(DateTimeOffset now)
    {
        foreach (var logged in _kept)
        {
            if (_countsFrom[logged.Position] > now) _countsFrom[logged.Position] = now;
        }
    }

    public void Trim(DateTimeOffset now)
    {
        See(now);
        foreach (var retention in plan.Classes)
        {
            while (Members(retention) is [var oldest, ..] members && IsOver(retention.Limits, members, now)) Drop(retention, oldest);
            while (_survivors.Where(s => ClassOf(s) == retention).ToList() is var kept && IsTooMuch(retention.Limits, kept))
            {
                _newest.Remove(VariantOf(kept[0]));
                _survivors.Remove(kept[0]);
            }
        }
    }

    private void InsertSurvivor(LoggedEvent dropped) => _survivors.Insert(_survivors.Count(s => s.Position < dropped.Position), dropped);

    private List<LoggedEvent> Members(RetentionClass of) =>
        [.. _kept.Where(e => ClassOf(e) == of)];

    private RetentionClass ClassOf(LoggedEvent logged) =>
        plan.Classes.First(c => logged.Content.Topics[0].Value.StartsWith(c.Prefix, StringComparison.Ordinal));

    private static string VariantOf(LoggedEvent logged) => $"{string.Join(' ', logged.Content.Topics)} {logged.Content.IsPrivate} {logged.Content.Key}";

    private static bool IsTooMuch(RetentionLimits limits, List<LoggedEvent> kept) =>
        kept.Count > limits.MaxKeys || (kept.Count > 0 && BytesOf(kept) > limits.MaxBytes);

    private static int BytesOf(List<LoggedEvent> events) => events.Sum(m => m.Content.Data.Length + m.Content.Topics.Sum(t => t.Value.Length));

    private bool IsOver(RetentionLimits limits, List<LoggedEvent> members, DateTimeOffset now) =>
        members.Count > limits.MaxCount
        || BytesOf(members) > limits.MaxBytes
        || now - _countsFrom[members[0].Position] > limits.MaxAge;

    private void Drop(RetentionClass from, LoggedEvent oldest)
    {
        _kept.Remove(oldest);
        if (oldest.Content.Key is not null && _newest[VariantOf(oldest)] == oldest) InsertSurvivor(oldest);
        _trimmed[from.Prefix] = oldest.Position;
        _dropped.Add(oldest);
        var leadsId = _ids.GetValueOrDefault(oldest.Content.Id.Value) == oldest.Position;
        foreach (var topic in oldest.Content.Topics) _lastOfTopic[(from, topic, oldest.Content.IsPrivate)] = (leadsId ? oldest.Content.Id.Value : "", oldest.Position);
        if (_ids.TryGetValue(oldest.Content.Id.Value, out var position) && position == oldest.Position) _ids.Remove(oldest.Content.Id.Value);
    }
}
