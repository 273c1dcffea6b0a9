using Microsoft.EntityFrameworkCore;
using Siar.EntityFrameworkCore;
using Siar.Hub;
using Siar.Storage.Contract;
using Siar.Topics;

namespace Siar.Storage.Postgres.Tests.EntityFrameworkCore;

/// <summary>A page's first state, and the id at which its events go on.</summary>
public sealed class SnapshotExtensionsTests
{
    /// <summary>Each order is in the state, or in the events after its id: never in both, never in neither.</summary>
    [Fact]
    public async Task A_page_misses_no_change_and_gets_none_twice_while_applications_publish()
    {
        const int Pages = 10;
        await using var shop = await Shop.OpenAsync();
        using var isEnough = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PlaceUntilAsync(shop, isEnough.Token)));
        var pages = new List<StateAtEvent<List<Guid>>>();
        while (pages.Count < Pages)
        {
            await using var db = shop.NewContext();
            pages.Add(await db.ReadAtEventAsync(stop => db.Orders.Select(o => o.Id).ToListAsync(stop), patience: TimeSpan.FromMinutes(5)));
        }

        await isEnough.CancelAsync();
        var placed = (await writing).Sum();
        var events = await SharedLogs.FollowAsync(shop.Log, 0, placed);
        foreach (var page in pages)
        {
            page.IsExact.ShouldBeTrue();
            var cursor = await shop.Log.ResolveAsync(page.EventId);
            cursor.Gap.ShouldBeNull();
            var after = events.Where(e => e.Position > cursor.Position).Select(e => Guid.Parse(e.Content.GetText())).ToHashSet();
            page.State.Where(after.Contains).ShouldBeEmpty();
            (page.State.Count + after.Count).ShouldBe(placed);
        }
    }

    [Fact]
    public async Task What_is_on_its_way_when_there_is_no_time_to_wait_comes_again_and_the_page_says_so()
    {
        await using var shop = await Shop.OpenAsync();
        await SharedLogs.AppendAsync(shop.Log, new Event(Topic.Parse("t"), "before"));
        var id = HubEventId.Create(shop.Log.Epoch, 1);

        // No hub is left that could move it.
        await shop.Log.DisposeAsync();
        await PlaceAsync(shop, 1);
        await using var db = shop.NewContext();
        var page = await db.ReadAtEventAsync(stop => db.Orders.CountAsync(stop), patience: TimeSpan.Zero);
        (page.State, page.EventId, page.IsExact).ShouldBe((1, id, false));
        (await db.ReadAtEventAsync(stop => db.Orders.CountAsync(stop), topics: ["others"])).ShouldBe(new StateAtEvent<int>(1, id, true));
    }

    /// <summary>An epoch that has given no position yet is not that of the newest event.</summary>
    [Fact]
    public async Task The_id_is_of_the_epoch_in_which_its_position_was_given()
    {
        await using var shop = await Shop.OpenAsync();
        await using var db = shop.NewContext();
        (await IdAsync()).ShouldBe(HubEventId.Create(shop.Log.Epoch, 0));
        await SharedLogs.AppendAsync(shop.Log, new Event(Topic.Parse("t"), "x"));
        var id = HubEventId.Create(shop.Log.Epoch, 1);
        (await IdAsync()).ShouldBe(id);

        await Databases.ExecuteAsync(shop.Connection, "UPDATE siar.log SET timeline = 'another'");
        await SharedLogs.MaintainUntilAsync(shop.Log, () => shop.Log.Epoch != shop.Log.EpochAt(1));
        (await IdAsync()).ShouldBe(id);
        await SharedLogs.AppendAsync(shop.Log, new Event(Topic.Parse("t"), "x"));
        (await IdAsync()).ShouldBe(HubEventId.Create(shop.Log.Epoch, 2));

        async Task<Wire.EventId> IdAsync() => (await db.ReadAtEventAsync(static _ => Task.FromResult(true))).EventId;
    }

    // One that waited for nothing could leave no moment in which nothing is on its way, on a machine that has much else to do.
    private static async Task<int> PlaceUntilAsync(Shop shop, CancellationToken isEnough)
    {
        for (var placed = 1; ; placed++)
        {
            var head = shop.Log.Head;
            await PlaceAsync(shop, 1);
            await shop.Log.ReadTailAsync(head, CancellationToken.None);
            if (isEnough.IsCancellationRequested) return placed;
        }
    }

    private static async Task PlaceAsync(Shop shop, int orders)
    {
        for (var i = 0; i < orders; i++)
        {
            await using var db = shop.NewContext();
            var order = new Order();
            db.Add(order);
            db.PublishEvent("orders", order.Id.ToString());
            await db.SaveChangesAsync();
        }
    }
}
