using Siar.Topics;

namespace Siar.Hub.Tests.Publishing;

public sealed class FollowerTests
{
    private readonly FailingLog _log = new();
    private readonly TestCore _core;
    private readonly List<Exception> _failures = [];

    public FollowerTests()
    {
        _core = new TestCore(log: _log);
        _core.Hub.Metrics.OnFailure = _failures.Add;
    }

    [Fact]
    public async Task What_somebody_else_appended_to_the_log_is_delivered_in_its_place()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));

        await AppendElsewhereAsync("from elsewhere");
        await _core.PublishAsync("a", "from here");
        outlet.Notes.ShouldBe(["live 0", "from elsewhere", "from here"]);

        await AppendElsewhereAsync("from elsewhere again");
        await _core.SettleAsync();
        outlet.Notes[^1].ShouldBe("from elsewhere again");
    }

    [Fact]
    public async Task What_could_be_read_in_part_only_comes_once_when_the_rest_can_be()
    {
        const int Elsewhere = 1_500;
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        await AppendElsewhereAsync([.. Enumerable.Range(0, Elsewhere).Select(i => $"{i}")]);

        _log.ReadsUntilFailure = 1;
        await _core.SettleAsync();
        _failures.ShouldHaveSingleItem().Message.ShouldBe("Input/output error");

        await _core.PublishAsync("a", "from here");
        outlet.Positions.ShouldBe(Enumerable.Range(1, Elsewhere + 1).Select(i => (long)i));
    }

    [Fact]
    public async Task A_publisher_does_not_wait_for_a_log_whose_tail_cannot_be_read()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        _log.ReadsUntilFailure = 0;
        (await _core.PublishAsync("a", "1")).Position.ShouldBe(1);

        await _core.PublishAsync("a", "2");
        outlet.Notes.ShouldBe(["live 0", "1", "2"]);
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_end_it()
    {
        _core.Hub.Metrics.OnFailure = _ => throw new InvalidOperationException("logger");
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        await AppendElsewhereAsync("elsewhere");
        _log.ReadsUntilFailure = 0;
        await _core.PublishAsync("a", "1");
        await _core.PublishAsync("a", "2");

        outlet.Notes.ShouldBe(["live 0", "elsewhere", "1", "2"]);
    }

    [Fact]
    public async Task A_log_that_reads_no_further_is_a_failure_and_not_a_spin()
    {
        _log.StandsStill = true;
        await _core.PublishAsync("a", "1");
        _failures[0].Message.ShouldStartWith("The log read no further than position 0");

        var reads = _log.Reads;
        var running = _core.Hub.Follower.RunAsync();
        (_log.Reads - reads).ShouldBe(1);
        running.IsCompleted.ShouldBeFalse();

        _core.Hub.Follower.Stop();
        await running;
    }

    [Fact]
    public async Task A_log_that_takes_nothing_is_followed_all_the_same()
    {
        var outlet = await _core.SubscribeAsync(TestCore.On("a"));
        await AppendElsewhereAsync("elsewhere");
        _log.Failure = new IOException("full");
        await Should.ThrowAsync<IOException>(() => _core.PublishAsync("a", "1"));

        outlet.Notes.ShouldBe(["live 0", "elsewhere"]);
    }

    [Fact]
    public async Task A_publisher_s_id_is_the_newest_as_soon_as_it_is_answered()
    {
        var publication = await _core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "x") { Id = Wire.EventId.Parse("own") }], default);
        await _core.Hub.Sequencer.RunBatchAsync();

        publication.Done.IsCompletedSuccessfully.ShouldBeTrue();
        _core.Hub.Window.Head.ShouldBe(0);
        _core.Hub.NewestId.Value.ShouldBe("own");
    }

    [Fact]
    public async Task A_reader_that_joins_before_the_window_has_what_was_answered_gets_what_follows_and_nothing_else()
    {
        await _core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "before")], default);
        await _core.Hub.Sequencer.RunBatchAsync();
        var outlet = new TestOutlet();
        await _core.Hub.AttachAsync(TestCore.On("a"), outlet, default);
        _core.Lane.Turn();
        outlet.Notes.ShouldBeEmpty();
        await _core.SettleAsync();

        await _core.PublishAsync("a", "after");
        outlet.Notes.ShouldBe(["live 1", "after"]);
    }

    [Fact]
    public async Task A_reader_that_comes_back_is_level_only_when_it_has_what_was_answered_before_it_came()
    {
        var first = await _core.PublishAsync("a", "1");
        await _core.Hub.EnqueueAsync([new Event(Topic.Parse("a"), "2")], default);
        await _core.Hub.Sequencer.RunBatchAsync();
        var outlet = new TestOutlet();
        await _core.Hub.AttachAsync(TestCore.On("a") with { Start = Cursor.After(first.Id) }, outlet, default);
        while (_core.Lane.Turn() || _core.Hub.Pages.Waiting > 0) await _core.Hub.Pages.RunOneAsync();
        outlet.Notes.ShouldBe(["2"]);

        await _core.SettleAsync();
        outlet.Notes.ShouldBe(["2", "live 2"]);
    }

    private async Task AppendElsewhereAsync(params string[] texts) =>
        await _log.AppendAsync([new Append([.. texts.Select(t => new Event(Topic.Parse("a"), t))])]);
}
