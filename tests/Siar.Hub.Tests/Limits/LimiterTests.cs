using Siar.TestKit;
using Siar.Topics;

namespace Siar.Hub.Tests.Limits;

public sealed class LimiterTests
{
    [Fact]
    public void Streams_are_counted_in_all_by_address_and_by_token()
    {
        var token = CallerIdentity.OfToken("t");
        var limiter = new ConnectionLimiter(new LimitOptions { Connections = 3, ConnectionsPerAddress = 2, ConnectionsPerToken = 1 });
        limiter.TryEnter("a", token).ShouldBe(ConnectionRefusal.None);
        limiter.TryEnter("b", token).ShouldBe(ConnectionRefusal.Token);
        limiter.TryEnter("a", default).ShouldBe(ConnectionRefusal.None);
        limiter.TryEnter("a", default).ShouldBe(ConnectionRefusal.Address);
        limiter.TryEnter("b", default).ShouldBe(ConnectionRefusal.None);
        limiter.TryEnter("c", default).ShouldBe(ConnectionRefusal.Total);
        limiter.Leave("a", token);
        limiter.TryEnter("c", token).ShouldBe(ConnectionRefusal.None);
    }

    [Fact]
    public void A_publisher_may_save_up_two_seconds_and_waits_for_what_is_missing()
    {
        var time = new ManualTimeProvider();
        var limiter = new PublishLimiter<string>(() => 10, time);
        limiter.TryTake("a", 20).ShouldBe(TimeSpan.Zero);
        limiter.TryTake("a", 5).ShouldBe(TimeSpan.FromSeconds(0.5));
        limiter.TryTake("b", 5).ShouldBe(TimeSpan.Zero);
        time.Advance(TimeSpan.FromSeconds(0.5));
        limiter.TryTake("a", 5).ShouldBe(TimeSpan.Zero);
        limiter.TryTake("a", 1).ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public void A_batch_larger_than_two_seconds_goes_through_when_the_amount_is_full_and_is_paid_for_afterwards()
    {
        var time = new ManualTimeProvider();
        var limiter = new PublishLimiter<string>(() => 10, time);
        limiter.TryTake("a", 100).ShouldBe(TimeSpan.Zero);
        time.Advance(TimeSpan.FromSeconds(8));
        limiter.TryTake("a", 1).ShouldBeGreaterThan(TimeSpan.Zero);
        time.Advance(TimeSpan.FromSeconds(0.1));
        limiter.TryTake("a", 1).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void What_is_given_back_may_be_taken_again()
    {
        var limiter = new PublishLimiter<string>(() => 10, new ManualTimeProvider());
        limiter.TryTake("a", 20).ShouldBe(TimeSpan.Zero);
        limiter.GiveBack("a", 20);
        limiter.TryTake("a", 20).ShouldBe(TimeSpan.Zero);
        limiter.GiveBack("unknown", 20);
        limiter.TryTake("unknown", 21).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Distinct_patterns_are_bounded_in_a_connection_and_in_the_hub_and_given_back()
    {
        var budget = new PatternBudget(new LimitOptions { PatternsPerConnection = 2, Patterns = 3 });
        budget.Take(Patterns("{a}", "{b}"));
        budget.Take(Patterns("{a}", "{c}"));
        budget.InUse.ShouldBe(3);
        Should.Throw<LimitExceededException>(() => budget.Take(Patterns("{d}"))).Message.ShouldContain("3");
        Should.Throw<LimitExceededException>(() => budget.Take(Patterns("{a}", "{b}", "{c}"))).Message.ShouldContain("2");
        budget.Return(Patterns("{a}", "{b}"));
        budget.InUse.ShouldBe(2);
        budget.Take(Patterns("{d}"));
    }

    [Fact]
    public void Events_that_are_too_large_are_named_in_a_sentence()
    {
        var admission = new EventAdmission(new LimitOptions { EventBytes = 3, TopicBytes = 3, TopicsPerRequest = 1, BatchEvents = 1 });
        admission.Check([new Event(Topic.Parse("abc"), "abc")]).ShouldBeNull();
        admission.Check([new Event(Topic.Parse("abc"), "abcd")])!.ShouldContain("4 bytes");
        admission.Check([new Event(Topic.Parse("äö"), "")])!.ShouldContain("longer than 3 bytes");
        admission.Check([new Event([Topic.Parse("a"), Topic.Parse("b")], default)])!.ShouldContain("2 topics");
        admission.Check([new Event(Topic.Parse("a"), ""), new Event(Topic.Parse("a"), "")])!.ShouldContain("2 events");
        admission.Check([]).ShouldNotBeNull();
    }

    private static MatcherSet Patterns(params string[] templates) => MatcherSet.Of(templates.Select(Template));

    private static Matcher Template(string template)
    {
        Matcher.TryCreateUriTemplate(template, out var matcher, out var error).ShouldBeTrue(error);
        return matcher!;
    }
}
