using Siar.Hub;
using Siar.Topics;

namespace Siar.Storage.Contract.History;

/// <summary>The plain model of a log: a list, and the rules as they are written.</summary>
internal sealed class LogModel(RetentionPlan plan)
{
    private readonly List<LoggedEvent> _kept = [];
    private readonly Dictionary<string, long> _ids = [];
    private readonly Dictionary<string, (long Position, long Alternate)> _trimmed = [];

    public long Head { get; private set; }

    public void Append(IEnumerable<LoggedEvent> events)
    {
        foreach (var logged in events)
        {
            _kept.Add(logged);
            Head = logged.Position;
            if (!logged.Content.Id.IsNone) _ids.TryAdd(logged.Content.Id.Value, logged.Position);
        }
    }

    public IReadOnlyList<LoggedEvent> Read(MatcherSet matchers, long after) =>
        [.. _kept.Where(e => e.Position > after && e.Content.Topics.Any(matchers.Matches))];

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
        }
    }

    private List<LoggedEvent> Members(RetentionClass of) =>
        [.. _kept.Where(e => plan.Classes.First(c => e.Content.Topics[0].Value.StartsWith(c.Prefix, StringComparison.Ordinal)) == of)];

    private static bool IsOver(RetentionLimits limits, List<LoggedEvent> members, DateTimeOffset now) =>
        members.Count > limits.MaxCount
        || members.Sum(m => m.Content.Data.Length + m.Content.Topics.Sum(t => t.Value.Length)) > limits.MaxBytes
        || now - members[0].Time > limits.MaxAge;

    private void Drop(RetentionClass from, LoggedEvent oldest)
    {
        _kept.Remove(oldest);
        var (_, alternate) = _trimmed.GetValueOrDefault(from.Prefix);
        _trimmed[from.Prefix] = (oldest.Position, oldest.Content.Topics.Length > 1 ? oldest.Position : alternate);
        if (_ids.TryGetValue(oldest.Content.Id.Value, out var position) && position == oldest.Position) _ids.Remove(oldest.Content.Id.Value);
    }
}
