namespace Siar.Hub.Tests.Lanes;

/// <summary>What many readers want alike is held once.</summary>
public sealed class SharedInterestTests
{
    [Fact]
    public async Task Readers_who_want_the_same_hold_it_once()
    {
        var core = new TestCore();
        var first = await core.AttachAsync(TestCore.On("a"), new TestOutlet());
        var second = await core.AttachAsync(TestCore.On("a"), new TestOutlet());

        second.Request.Matchers.ShouldBeSameAs(first.Request.Matchers);
    }

    [Fact]
    public async Task What_is_the_readers_own_stays_its_own()
    {
        var core = new TestCore();
        await core.AttachAsync(TestCore.On("a") with { Reader = CallerIdentity.OfApplication("first") }, new TestOutlet());
        var second = await core.AttachAsync(TestCore.On("a") with { Reader = CallerIdentity.OfApplication("second"), Last = 3 }, new TestOutlet());

        second.Request.Reader.Name.ShouldBe("second");
        second.Request.Last.ShouldBe(3);
    }

    [Fact]
    public async Task Another_order_stays_as_it_was_asked_for()
    {
        var core = new TestCore();
        await core.AttachAsync(TestCore.On("a", "b"), new TestOutlet());
        var second = await core.AttachAsync(TestCore.On("b", "a"), new TestOutlet());

        second.Request.Matchers.Matchers.Select(m => m.Value).ShouldBe(["b", "a"]);
    }
}
