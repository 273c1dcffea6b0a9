using Siar.Storage.Sqlite.Native;
using Siar.Topics;

namespace Siar.Storage.Sqlite.Reading;

/// <summary>
/// Finds the topics that matchers mean without going through their events: exact ones by name, patterns among the topics that begin
/// with their literal prefix, or among all where that is many. Used by one thread at a time.
/// </summary>
internal sealed class TopicFinder(Database database, SelectionCache selections, TopicNames names, int maxTried) : IDisposable
{
    /// <summary>Above so many candidates by prefix every topic is tried in turn, so that the work can be spread over several reads.</summary>
    private const int MaxCandidates = 4_096;

    private readonly Statement _byName = database.Prepare("SELECT id FROM topic WHERE name = ?1");
    private readonly Statement _byId = database.Prepare("SELECT id FROM topic WHERE id = ?1");
    private readonly Statement _byNamePrefix = database.Prepare("SELECT id, name FROM topic WHERE name >= ?1 AND name < ?2 LIMIT ?3");
    private readonly Statement _byUrlPrefix = database.Prepare("SELECT id, name FROM topic WHERE url >= ?1 AND url < ?2 LIMIT ?3");
    private readonly Statement _withoutUrl = database.Prepare("SELECT id, name FROM topic WHERE url IS NULL LIMIT ?1");
    private readonly Statement _inOrder = database.Prepare("SELECT id, name FROM topic WHERE id > ?1 ORDER BY id LIMIT ?2");
    private readonly Statement _last = database.Prepare("SELECT max(id) FROM topic");

    /// <summary>The numbers of the topics that the matchers mean; null where they are too many, or not all tried yet.</summary>
    public IReadOnlyCollection<long>? Find(MatcherSet matchers)
    {
        if (!matchers.Matchers.Any(m => m.IsPattern)) return [.. matchers.Matchers.Select(Exact).OfType<long>().Distinct()];
        var selection = selections.Get(matchers);
        lock (selection)
        {
            if (selection.Through == 0) TryPrefixes(selection);
            TryInOrder(selection);
            selection.Limit(id => _byId.Bind(1, id).ReadNumber() is not null);
            return selection.IsTooBroad || selection.Through < Last ? null : [.. selection.Topics];
        }
    }

    public void Dispose()
    {
        _byName.Dispose();
        _byId.Dispose();
        _byNamePrefix.Dispose();
        _byUrlPrefix.Dispose();
        _withoutUrl.Dispose();
        _inOrder.Dispose();
        _last.Dispose();
    }

    private long Last => _last.ReadNumber() ?? 0;

    // Text that no topic can have may be another's name once it is UTF-8.
    private long? Exact(Matcher matcher) => Topic.TryCreate(matcher.Value, out _, out _) ? _byName.Bind(1, matcher.Value).ReadNumber() : null;

    private void TryPrefixes(TopicSelection selection)
    {
        var candidates = new Dictionary<long, Topic>();
        foreach (var matcher in selection.Matchers.Matchers)
        {
            if (!Collect(matcher, candidates) || candidates.Count > MaxCandidates) return;
        }

        foreach (var (id, topic) in candidates) selection.Try(id, topic);
        selection.Through = Last;
    }

    private void TryInOrder(TopicSelection selection)
    {
        if (selection.IsTooBroad) return;
        _inOrder.Bind(1, selection.Through).Bind(2, maxTried);
        while (_inOrder.Step())
        {
            var id = _inOrder.Number(0);
            var topic = Topic.Parse(_inOrder.Text(1));
            names.Remember(id, topic);
            selection.Try(id, topic);
            selection.Through = id;
        }
    }

    // False where the candidates are too many.
    private bool Collect(Matcher matcher, Dictionary<long, Topic> candidates)
    {
        switch (matcher.Kind)
        {
            case MatcherKind.Exact:
                if (Exact(matcher) is { } id) candidates[id] = Topic.Parse(matcher.Value);
                return true;
            case MatcherKind.UriTemplate:
                return Collect(InRange(_byNamePrefix, matcher), candidates, _ => true);
            case MatcherKind.UrlPattern:
                return Collect(InRange(_byUrlPrefix, matcher), candidates, _ => true)
                    && Collect(_withoutUrl.Bind(1, MaxCandidates + 1), candidates, t => TopicUrl.MayBeMeantWithoutUrl(t, matcher));
            default:
                return false;
        }
    }

    private static Statement InRange(Statement statement, Matcher matcher)
    {
        statement.Bind(1, matcher.LiteralPrefix).Bind(3, MaxCandidates + 1);

        // To SQLite every text is less than every blob, the empty one too.
        return AfterAll(matcher.LiteralPrefix) is { } end ? statement.Bind(2, end) : statement.BindBlob(2, []);
    }

    private static bool Collect(Statement rows, Dictionary<long, Topic> candidates, Predicate<Topic> wanted)
    {
        var found = 0;
        while (rows.Step())
        {
            found++;
            var topic = Topic.Parse(rows.Text(1));
            if (wanted(topic)) candidates[rows.Number(0)] = topic;
        }

        return found <= MaxCandidates;
    }

    // The first text after all that begin with a prefix, in the order of UTF-8; null where there is none.
    private static string? AfterAll(string prefix)
    {
        var runes = prefix.EnumerateRunes().ToList();
        for (var i = runes.Count - 1; i >= 0; i--)
        {
            if (runes[i].Value == 0x10FFFF) continue;
            var next = runes[i].Value == 0xD7FF ? 0xE000 : runes[i].Value + 1;
            return string.Concat(runes.Take(i).Select(r => r.ToString())) + new System.Text.Rune(next);
        }

        return null;
    }
}
