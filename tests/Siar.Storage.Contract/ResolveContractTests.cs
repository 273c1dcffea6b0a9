using Siar.Hub;
using Siar.Wire;

namespace Siar.Storage.Contract;

public abstract class ResolveContractTests(LogFixture fixture) : LogContract(fixture)
{
    protected override RetentionLimits Limits => new(10, null, null);

    [Fact]
    public async Task An_id_of_the_hub_leads_to_its_event()
    {
        var appended = await AppendAsync(Content("a"), Content("a"));
        (await Log.ResolveAsync(appended[0].Id)).ShouldBe(new ResolvedCursor(appended[0].Position, null));
    }

    [Fact]
    public async Task An_id_of_the_publisher_leads_to_its_event()
    {
        var appended = await AppendAsync(Content("a", id: "one"), Content("a", id: "two"));
        (await Log.ResolveAsync(EventId.Parse("two"))).ShouldBe(new ResolvedCursor(appended[1].Position, null));
    }

    [Fact]
    public async Task An_id_that_was_used_twice_leads_to_the_earliest()
    {
        var appended = await AppendAsync(Content("a", id: "same"), Content("a"), Content("a", id: "same"));
        (await Log.ResolveAsync(EventId.Parse("same"))).Position.ShouldBe(appended[0].Position);
    }

    [Fact]
    public async Task An_id_used_again_while_its_first_event_was_kept_leads_nowhere_once_more_of_the_topic_is_gone()
    {
        var appended = await AppendAsync(Content("a", id: "same"), Content("a", id: "same"));
        for (var i = 0; i < 9; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        (await Log.ResolveAsync(EventId.Parse("same"))).ShouldBe(new ResolvedCursor(appended[0].Position, null));
        await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        (await Log.ResolveAsync(EventId.Parse("same"))).ShouldBe(new ResolvedCursor(0, GapReason.UnknownId));

        var again = await AppendAsync(Content("a", id: "same"));
        (await Log.ResolveAsync(EventId.Parse("same"))).Position.ShouldBe(again[0].Position);
    }

    [Fact]
    public async Task An_id_that_never_was_is_unknown()
    {
        await AppendAsync(Content("a"));
        (await Log.ResolveAsync(EventId.Parse("nobody"))).ShouldBe(new ResolvedCursor(0, GapReason.UnknownId));
    }

    [Fact]
    public async Task A_position_beyond_the_head_is_unknown()
    {
        await AppendAsync(Content("a"));
        (await Log.ResolveAsync(HubEventId.Create(Log.Epoch, Log.Head + 1))).Gap.ShouldBe(GapReason.UnknownId);
        (await Log.ResolveAsync(HubEventId.Create(Log.Epoch, Log.Head))).Gap.ShouldBeNull();
    }

    [Fact]
    public async Task An_id_of_a_life_that_nobody_knows_is_a_gap()
    {
        await AppendAsync(Content("a"));
        (await Log.ResolveAsync(HubEventId.Create(Epoch.New(), 1))).ShouldBe(new ResolvedCursor(0, GapReason.OtherEpoch));
    }

    [Fact]
    public async Task An_id_of_the_hub_leads_on_after_its_event_was_trimmed()
    {
        var appended = await AppendAsync(Content("a"));
        for (var i = 0; i < 20; i++) await AppendAsync(Content("a"));
        await Fixture.SettleAsync(Log);
        (await Log.ResolveAsync(appended[0].Id)).ShouldBe(new ResolvedCursor(appended[0].Position, null));
        Log.Trimmed.Floor(Topics("a"), Topics("a")).ShouldBeGreaterThan(appended[0].Position);
    }
}
