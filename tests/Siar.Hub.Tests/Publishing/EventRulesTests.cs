using Siar.Topics;
using Siar.Wire;

namespace Siar.Hub.Tests.Publishing;

public sealed class EventRulesTests
{
    private static readonly Topic A = Topic.Parse("a");

    [Fact]
    public void A_type_that_begins_like_a_signal_is_refused() =>
        Should.Throw<ArgumentException>(() => new Event(A, "x") { Type = EventType.Parse("siar.gap") }).Message.ShouldContain("siar.");

    [Fact]
    public void An_id_of_the_hubs_own_form_is_refused_and_another_that_begins_alike_is_not()
    {
        var own = HubEventId.Create(Epoch.New(), 7);
        Should.Throw<ArgumentException>(() => new Event(A, "x") { Id = own }).Message.ShouldContain(own.Value);
        new Event(A, "x") { Id = EventId.Parse("#7") }.Id.Value.ShouldBe("#7");
    }

    [Fact]
    public void The_topic_that_stands_for_all_cannot_be_published_to() =>
        Should.Throw<ArgumentException>(() => new Event(Topic.Parse("*"), "x")).Message.ShouldContain("subscribed to");

    [Fact]
    public void An_event_without_a_topic_is_refused() => Should.Throw<ArgumentException>(() => new Event([], default)).Message.ShouldContain("no topic");

    [Fact]
    public void Data_that_is_not_text_is_refused()
    {
        Should.Throw<ArgumentException>(() => new Event([A], new byte[] { 0xff })).Message.ShouldContain("UTF-8");
        Should.Throw<ArgumentException>(() => new Event(A, "\ud800")).Message.ShouldContain("surrogate");
    }

    [Fact]
    public void A_negative_retry_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new Event(A, "x") { RetryMilliseconds = -1 });

    [Fact]
    public void Repeats_of_a_topic_are_one() => new Event([A, Topic.Parse("b"), A], default).Topics.ShouldBe([A, Topic.Parse("b")]);

    [Theory]
    [InlineData("#abcdefgh.1", true)]
    [InlineData("#abcdefgh.0", true)]
    [InlineData("#abcdefgh.01", false)]
    [InlineData("#abcdefgh.", false)]
    [InlineData("#abcdefgh.-1", false)]
    [InlineData("#abcdefgh. 1", false)]
    [InlineData("#abcdefg1.1", false)]
    [InlineData("#ABCDEFGH.1", false)]
    [InlineData("abcdefgh.1", false)]
    [InlineData("#abcdefgh.99999999999999999999", false)]
    public void Only_what_the_hub_could_have_made_has_its_form(string text, bool hubs)
    {
        var read = HubEventId.TryParse(EventId.Parse(text), out var hubId);
        read.ShouldBe(hubs);
        if (read) HubEventId.Create(hubId.Epoch, hubId.Position).Value.ShouldBe(text);
    }

    [Fact]
    public void An_id_of_the_hub_needs_no_preflight_and_no_escaping_in_a_header()
    {
        var id = HubEventId.Create(Epoch.New(), long.MaxValue).Value;
        id.Length.ShouldBeLessThanOrEqualTo(128);
        id.IndexOfAny(['"', '(', ')', ':', '<', '>', '?', '@', '[', '\\', ']', '{', '}']).ShouldBe(-1);
        id.ShouldAllBe(c => c > 0x20 && c < 0x7f);
    }
}
