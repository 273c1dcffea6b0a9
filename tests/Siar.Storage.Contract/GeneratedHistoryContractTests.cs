using System.Collections.Immutable;
using Siar.Hub;
using Siar.Storage.Contract.History;
using Siar.TestKit;
using Siar.Topics;
using Siar.Wire;

namespace Siar.Storage.Contract;

public abstract class GeneratedHistoryContractTests(LogFixture fixture) : LogContract(fixture)
{
    private static readonly RetentionClass[] Retention = [new RetentionClass("b/", new RetentionLimits(3, TimeSpan.FromSeconds(30), null) { MaxKeys = 2 })];
    private static readonly RetentionLimits Kept = new(20, TimeSpan.FromSeconds(90), 400) { MaxKeys = 4 };

    /// <summary>How many histories are tried.</summary>
    protected virtual int Histories => 300;

    /// <summary>With so few topics remembered, that some are always forgotten.</summary>
    [Fact]
    public void No_topic_that_is_forgotten_seems_untrimmed_in_any_generated_history() =>
        Generated.Check(HistoryGenerator.Histories, steps => RunAsync(steps, trimmedTopics: 2).GetAwaiter().GetResult(), Histories / 3);

    [Fact]
    public void A_log_does_what_the_plain_model_does_in_every_generated_history() =>
        Generated.Check(HistoryGenerator.Histories, steps => RunAsync(steps).GetAwaiter().GetResult(), Histories);

    private async Task RunAsync(ImmutableArray<Step> steps, int trimmedTopics = 1_000)
    {
        var plan = new RetentionPlan(Kept, Retention) { TrimmedTopics = trimmedTopics };
        var model = new LogModel(plan);
        var log = await Fixture.OpenAsync(plan);
        try
        {
            foreach (var step in steps)
            {
                if (step is Step.Reopen && Fixture.IsDurable) log = await Fixture.ReopenAsync(log, plan);
                else await RunAsync(step, log, model);
            }
        }
        finally
        {
            await log.DisposeAsync();
        }
    }

    private async Task RunAsync(Step step, IEventLog log, LogModel model)
    {
        switch (step)
        {
            case Step.Append append:
                log.Head.ShouldBe(model.Head);
                var appended = await log.AppendAsync([.. append.Batches.Select(b => One([.. b.Select(NewContent)]))]);
                model.See(Fixture.Time.GetUtcNow());
                model.Append(appended.SelectMany(r => r.Events));
                await SettleAsync(log, model);
                break;
            case Step.Wait wait:
                Fixture.Time.Advance(TimeSpan.FromSeconds(wait.Seconds));
                await SettleAsync(log, model);
                break;
            case Step.Turn turn:
                Fixture.Time.Turn(TimeSpan.FromSeconds(turn.Seconds));
                await SettleAsync(log, model);
                break;
            case Step.Read read:
                await CompareAsync(read, log, model);
                break;
            case Step.Select select:
                await CompareAsync(select, log, model);
                break;
            case Step.Resolve resolve:
                var resolved = await log.ResolveAsync(EventId.Parse(resolve.Id));
                if (!model.ForgetsTopics || model.Keeps(resolve.Id)) resolved.ShouldBe(model.Resolve(resolve.Id));
                break;
        }
    }

    private async Task SettleAsync(IEventLog log, LogModel model)
    {
        await Fixture.SettleAsync(log);
        model.Trim(Fixture.Time.GetUtcNow());
        log.Head.ShouldBe(model.Head);
        foreach (var retention in new RetentionPlan(Kept, Retention).Classes)
            log.Trimmed.Classes.Single(c => c.Prefix == retention.Prefix).Position.ShouldBe(model.Trimmed(retention));
        CompareFloors(log, model);
    }

    // A gap is told to those whose matchers mean what was dropped: to nobody else while all its topics are remembered, and to every one of them always.
    private static void CompareFloors(IEventLog log, LogModel model)
    {
        foreach (var selectors in HistoryGenerator.SelectorNames)
        {
            var matchers = Selectors(selectors.Split(' '));
            foreach (var grants in new[] { MatcherSet.None, MatcherSet.All })
            {
                var floor = log.Trimmed.Floor(matchers, grants);
                if (model.ForgetsTopics) floor.ShouldBeInRange(model.Floor(matchers, grants), log.Trimmed.Highest, selectors);
                else floor.ShouldBe(model.Floor(matchers, grants), selectors);
            }
        }
    }

    private async Task CompareAsync(Step.Read read, IEventLog log, LogModel model)
    {
        var matchers = Selectors(read.Selectors.Split(' '));
        var after = log.Head * read.AfterPercent / 100;
        Log = log;
        var actual = await ReadAllAsync(matchers, after, read.MaxEvents, read.MaxBytes);
        var expected = model.Read(matchers, after);
        actual.Select(e => e.Position).ShouldBe(expected.Select(e => e.Position));
        for (var i = 0; i < actual.Count; i++) ShouldBeSame(actual[i], expected[i]);
    }

    private async Task CompareAsync(Step.Select select, IEventLog log, LogModel model)
    {
        var matchers = Selectors(select.Selectors.Split(' '));
        var selection = new EventSelection(select.LastOfTopic, Selectors(select.Grants.Split(' ')), log.Head);
        var after = log.Head * select.AfterPercent / 100;
        Log = log;
        var actual = await ReadAllAsync(matchers, after, select.MaxEvents, 10_000, selection);
        var expected = model.Select(matchers, selection, after);
        actual.Select(e => e.Position).ShouldBe(expected.Select(e => e.Position));
        for (var i = 0; i < actual.Count; i++) ShouldBeSame(actual[i], expected[i]);
    }

    private static Event NewContent(NewEvent made)
    {
        var content = Content(made.Topics, new string('x', made.Size), made.Id);
        return Event.Restore(content.Topics, content.Data, content.Id, content.Type, null, made.IsPrivate, made.Key);
    }
}
