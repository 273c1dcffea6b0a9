using Siar.Topics;

namespace Siar.Hub.Tests.Members;

/// <summary>What hubs of one log know of each other's readers, and what becomes of those of a hub that dies.</summary>
public sealed class MembershipTests
{
    private readonly MemberWorld _world = new();

    [Fact]
    public async Task Every_hub_lists_the_readers_of_all_also_those_that_came_before_it_was_started()
    {
        var a = _world.Start();
        await _world.PassAsync(10);
        a.Enter("x", "y");
        var early = a.Enter("x");
        await _world.PassAsync(1);
        var b = _world.Start();
        b.Enter("z");
        await _world.PassAsync(5);
        a.Leave(early);
        var c = _world.Start();
        await _world.PassAsync(5);
        a.List().Order().ShouldBe(Truth());
        a.List().Count.ShouldBe(3);
        b.List().ShouldBe(a.List());
        c.List().ShouldBe(a.List());
        foreach (var hub in _world.Hubs) hub.Members.Table.Live.ShouldBe(3);
    }

    [Fact]
    public async Task The_readers_of_a_hub_that_is_killed_go_within_ten_seconds_each_once()
    {
        var (a, b, c) = await StartThreeAsync();
        for (var i = 0; i < 700; i++) c.Enter($"topic {i}");
        a.Enter("stays");
        await _world.PassAsync(3);
        var before = _world.Log.Head;
        c.IsRunning = false;
        await _world.PassAsync(5.5);
        _world.WordsAfter(before).ShouldBeEmpty();
        a.Members.Table.Live.ShouldBe(3);
        await _world.PassAsync(4.5);
        Gone(before).Count.ShouldBe(700);
        Gone(before).Distinct().Count().ShouldBe(700);
        Truth().ShouldHaveSingleItem();
        a.List().ShouldBe(Truth());
        b.List().ShouldBe(Truth());
        a.Members.Table.Live.ShouldBe(2);
        _world.Signs.Count.ShouldBe(2);
        Pauses(before).ShouldBe(0);
    }

    [Fact]
    public async Task One_that_is_stopped_for_a_minute_is_given_up_and_goes_on_as_another_with_all_its_readers()
    {
        var (a, b, c) = await StartThreeAsync();
        var seats = Enumerable.Range(0, 3).Select(i => c.Enter($"{i}")).ToList();
        await _world.PassAsync(3);
        var (before, names, id) = (_world.Log.Head, c.Own().Order().ToList(), c.Members.Id);
        c.IsRunning = false;
        await _world.PassAsync(60);
        a.List().ShouldBeEmpty();
        c.IsRunning = true;
        c.Leave(seats[0]);
        await _world.PassAsync(5);
        c.Members.Id.ShouldNotBe(id);
        c.Own().Count().ShouldBe(2);
        c.Own().ShouldNotContain(n => names.Contains(n));
        foreach (var hub in _world.Hubs)
        {
            hub.List().Order().ShouldBe(Truth());
            hub.Members.Table.Live.ShouldBe(3);
        }

        Gone(before).Order().ShouldBe(names);
        _world.WordsAfter(before).Where(w => w.IsActive).Select(Text).Order().ShouldBe(Truth());
        c.Leave(seats[1]);
        await _world.PassAsync(1);
        b.List().ShouldHaveSingleItem();
        Gone(before).Count.ShouldBe(4);
    }

    [Fact]
    public async Task One_that_is_cut_off_is_given_up_and_gives_nobody_up_until_it_was_connected_for_six_seconds()
    {
        var (a, b, c) = await StartThreeAsync();
        a.Enter("a");
        c.Enter("c");
        await _world.PassAsync(3);
        c.View.IsCut = true;
        await _world.PassAsync(30);
        a.List().ShouldHaveSingleItem();
        c.View.IsCut = false;
        a.IsRunning = false;
        await _world.PassAsync(5);
        c.List().Count.ShouldBe(2);
        c.Members.Table.Live.ShouldBe(3);
        await _world.PassAsync(5);
        b.List().ShouldBe(c.Own());
        c.List().ShouldBe(c.Own());
    }

    [Fact]
    public async Task An_engine_that_is_away_for_all_ends_no_hub()
    {
        var (a, b, c) = await StartThreeAsync();
        foreach (var hub in _world.Hubs) hub.Enter("x");
        await _world.PassAsync(3);
        var (before, ids) = (_world.Log.Head, _world.Hubs.Select(h => h.Members.Id).ToList());
        foreach (var hub in _world.Hubs) hub.View.IsCut = true;
        await _world.PassAsync(120);
        foreach (var hub in _world.Hubs) hub.View.IsCut = false;
        await _world.PassAsync(20);
        _world.Hubs.Select(h => h.Members.Id).ShouldBe(ids);
        Gone(before).ShouldBeEmpty();
        a.List().Order().ShouldBe(Truth());
    }

    [Fact]
    public async Task One_that_stops_in_order_is_out_at_once_and_tells_of_its_readers_itself()
    {
        var (a, b, c) = await StartThreeAsync();
        for (var i = 0; i < 300; i++) c.Enter($"{i}");
        await _world.PassAsync(3);
        var before = _world.Log.Head;
        await c.StopAsync(_world);
        await _world.PassAsync(0.5);
        Gone(before).Distinct().Count().ShouldBe(300);
        Gone(before).Count.ShouldBe(300);
        a.List().ShouldBeEmpty();
        b.Members.Table.Members[c.Members.Id].State.ShouldBe(MemberState.Ended);
        await _world.PassAsync(2);
        a.Members.Table.Live.ShouldBe(2);
        await _world.PassAsync(20);
        Gone(before).Count.ShouldBe(300);
        _world.EventsAfter(before).Count(e => e.IsMemberFact).ShouldBe(1);
    }

    [Fact]
    public async Task A_hub_that_gives_up_another_of_which_it_does_not_know_all_readers_says_that_some_were_left_untold()
    {
        var a = _world.Start();
        await _world.PassAsync(10);
        a.Enter("x");
        await _world.PassAsync(1);
        a.IsRunning = false;
        var b = _world.Start();
        await _world.PassAsync(1);
        var before = _world.Log.Head;
        await _world.PassAsync(10);
        Gone(before).ShouldBeEmpty();
        Pauses(before).ShouldBeInRange(1, 2); // That the hub was started alone is one too.
        b.List().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_start_of_a_hub_beside_one_that_lives_is_no_pause_and_that_of_all_hubs_is_one()
    {
        var a = _world.Start();
        await _world.PassAsync(10);
        a.Enter("x");
        await _world.PassAsync(1);
        Pauses(0).ShouldBe(0);
        var b = _world.Start();
        b.Enter("y");
        await _world.PassAsync(5);
        Pauses(0).ShouldBe(0);
        foreach (var hub in _world.Hubs) hub.IsRunning = false;
        var before = _world.Log.Head;
        var (c, d) = (_world.Start(), _world.Start());
        d.Enter("z");
        await _world.PassAsync(20);
        Pauses(before).ShouldBeGreaterThan(0);
        c.List().ShouldBe(d.Own());
    }

    [Fact]
    public async Task No_reader_is_given_what_hubs_tell_each_other()
    {
        var a = _world.Start();
        await _world.PassAsync(10);
        var all = new SubscribeRequest { Matchers = MatcherSet.All, Grants = MatcherSet.All };
        var level = await a.Core.SubscribeAsync(all);
        var b = _world.Start();
        a.Enter("x");
        await _world.PassAsync(10);
        b.IsRunning = false;
        await _world.PassAsync(10);
        var behind = await a.Core.SubscribeAsync(all with { Start = Cursor.Earliest });
        var newest = await a.Core.SubscribeAsync(all with { Last = 100 });
        _world.EventsAfter(0).Count(e => e.IsMemberFact).ShouldBeGreaterThan(3);
        foreach (var outlet in new[] { level, behind, newest }) outlet.Notes.ShouldAllBe(n => n.Contains("live", StringComparison.Ordinal) || n.StartsWith('+'));
        behind.Notes.Count(n => n.StartsWith('+')).ShouldBe(1);
    }

    private async Task<(MemberHub A, MemberHub B, MemberHub C)> StartThreeAsync()
    {
        var hubs = (_world.Start(), _world.Start(), _world.Start());
        await _world.PassAsync(12);
        return hubs;
    }

    private static string Text(PresenceWord word) => $"{word.Reader} {word.Subscription.Match}";

    private List<string> Truth() => [.. _world.Hubs.Where(h => h.IsRunning).SelectMany(h => h.Own()).Order()];

    private List<string> Gone(long after) => [.. _world.WordsAfter(after).Where(w => !w.IsActive).Select(Text)];

    private int Pauses(long after) => _world.EventsAfter(after).Count(e => e.IsPresencePause);
}
