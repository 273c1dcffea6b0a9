using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract.History;

/// <summary>The plain model of a log: a list, and the rules as they are written.</summary>
internal sealed class LogModel(RetentionPlan plan)
{
    private readonly List<LoggedEvent> _kept = [];
    private readonly Dictionary<string, long> _ids = [];
    private readonly List<LoggedEvent> _survivors = [];
    private readonly Dictionary<string, LoggedEvent> _newest = [];
    private readonly Dictionary<string, (long Position, long Alternate)> _trimmed = [];

    public long Head { get; private set; }

    public void Append(IEnumerable<LoggedEvent> events)
    {
        foreach (var logged in events)
        {
            _kept.Add(logged);
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

    public ResolvedCursor Resolve(string id) =>
        _ids.TryGetValue(id, out var position) ? new ResolvedCursor(position, null) : new ResolvedCursor(0, GapReason.UnknownId);

    public TrimmedClass Trimmed(RetentionClass of)
    {
        var (position, alternate) = _trimmed.GetValueOrDefault(of.Prefix);
        return new TrimmedClass(of.Prefix, position, alternate, of.PrivateOnly);
    }

    public void Trim(DateTimeOffset now)
    {
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

    private static bool IsOver(RetentionLimits limits, List<LoggedEvent> members, DateTimeOffset now) =>
        members.Count > limits.MaxCount
        || BytesOf(members) > limits.MaxBytes
        || now - members[0].Time > limits.MaxAge;

    private void Drop(RetentionClass from, LoggedEvent oldest)
    {
        _kept.Remove(oldest);
        if (oldest.Content.Key is not null && _newest[VariantOf(oldest)] == oldest) InsertSurvivor(oldest);
        var (_, alternate) = _trimmed.GetValueOrDefault(from.Prefix);
        _trimmed[from.Prefix] = (oldest.Position, oldest.Content.Topics.Length > 1 ? oldest.Position : alternate);
        if (_ids.TryGetValue(oldest.Content.Id.Value, out var position) && position == oldest.Position) _ids.Remove(oldest.Content.Id.Value);
    }
}
