using System.Collections.Immutable;
using System.Text;
using Siar.Hub;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

/// <summary>What the parts of the suite share: a log and short words for using it.</summary>
public abstract class LogContract(LogFixture fixture) : IAsyncLifetime
{
    protected LogFixture Fixture => fixture;

    /// <summary>The log under test.</summary>
    protected IEventLog Log { get; set; } = null!;

    /// <summary>The limits of the log under test.</summary>
    protected virtual RetentionLimits Limits => LogFixture.NoLimits;

    /// <summary>The classes of the log under test.</summary>
    protected virtual RetentionClass[] Classes => [];

    /// <summary>How many idempotency keys the log under test knows.</summary>
    protected virtual int IdempotencyKeys => 1_000;

    /// <summary>How many closed topics the log under test knows.</summary>
    protected virtual int ClosedTopics => 1_000;

    /// <summary>Of how many topics of a class the log under test knows up to where they were trimmed.</summary>
    protected virtual int TrimmedTopics => 1_000;

    private RetentionPlan Plan => new(Limits, Classes) { IdempotencyKeys = IdempotencyKeys, ClosedTopics = ClosedTopics, TrimmedTopics = TrimmedTopics };

    public async ValueTask InitializeAsync() => Log = await fixture.OpenAsync(Plan);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Log.DisposeAsync();
        await fixture.DisposeAsync();
    }

    protected async Task ReopenAsync() => Log = await fixture.ReopenAsync(Log, Plan);

    protected static Event Content(string topics, string data = "x", string? id = null, string? key = null, bool isPrivate = false) =>
        new([.. topics.Split(' ').Select(Topic.Parse)], Encoding.UTF8.GetBytes(data))
        {
            Id = id is null ? default : EventId.Parse(id), Key = key, IsPrivate = isPrivate,
        };

    protected static Append One(params Event[] events) => new([.. events]);

    /// <summary>Appends alone what a publisher wants.</summary>
    protected async Task<Appended> AppendAsync(Append append) => (await Log.AppendAsync([append]))[0];

    /// <summary>Appends each event in a batch of its own.</summary>
    protected async Task<List<LoggedEvent>> AppendAsync(params Event[] events)
    {
        var logged = new List<LoggedEvent>();
        foreach (var content in events) logged.AddRange((await Log.AppendAsync([One(content)]))[0].Events);
        return logged;
    }

    /// <summary>Reads all pages.</summary>
    protected async Task<List<LoggedEvent>> ReadAllAsync(MatcherSet matchers, long after = 0, int maxEvents = 100, int maxBytes = 100_000, EventSelection? selection = null)
    {
        var events = new List<LoggedEvent>();
        while (true)
        {
            var head = selection?.Through ?? Log.Head;
            var page = await Log.ReadAsync(new LogQuery(after, matchers, maxEvents, maxBytes) { Selection = selection });
            events.AddRange(page.Events);
            if (page.ReadThrough >= head) return events;
            page.ReadThrough.ShouldBeGreaterThan(after);
            after = page.ReadThrough;
        }
    }

    protected static MatcherSet Topics(params string[] topics) => MatcherSet.OfTopics(topics.Select(Topic.Parse));

    /// <summary>Selectors as in Mercure 0.x, or URL Patterns, written <c>pattern=…</c>, which resolve against a hub's URL.</summary>
    protected static MatcherSet Selectors(params string[] selectors) => MatcherSet.Of(selectors.Select(Selector));

    protected static void ShouldBeSame(LoggedEvent actual, LoggedEvent expected)
    {
        actual.Position.ShouldBe(expected.Position);
        actual.Id.ShouldBe(expected.Id);
        actual.Epoch.ShouldBe(expected.Epoch);
        actual.Time.ShouldBe(expected.Time);
        actual.Content.Topics.ShouldBe<ImmutableArray<Topic>>(expected.Content.Topics);
        actual.Content.GetText().ShouldBe(expected.Content.GetText());
        actual.Content.Id.ShouldBe(expected.Content.Id);
        actual.Content.Type.ShouldBe(expected.Content.Type);
        actual.Content.RetryMilliseconds.ShouldBe(expected.Content.RetryMilliseconds);
        actual.Content.IsPrivate.ShouldBe(expected.Content.IsPrivate);
        actual.Content.Key.ShouldBe(expected.Content.Key);
    }

    private static Matcher Selector(string selector)
    {
        if (!selector.StartsWith("pattern=", StringComparison.Ordinal)) return Matcher.FromSelector(selector);
        return Matcher.TryCreateUrlPattern(selector[8..], "https://hub.example/", out var matcher, out var error) ? matcher : throw new FormatException(error);
    }
}
