using Siar.Topics;

namespace Siar.Hub.Tests.Window;

public sealed class GzipWindowTests
{
    [Fact]
    public void A_frame_is_compressed_once()
    {
        var window = Fill(new FrameWindow(0, 1 << 20), 3);
        var frame = new Frame(window.Blocks[0], 1);

        var made = new GzipFrame[8];
        Parallel.For(0, made.Length, i => made[i] = frame.Gzip(100));

        made.ShouldAllBe(m => ReferenceEquals(m, made[0]));
    }

    [Fact]
    public void The_budget_counts_what_was_compressed_until_its_block_leaves()
    {
        var window = Fill(new FrameWindow(0, 40_000, blockBytes: 4_000, blockEntries: 4), 12);
        var plain = window.Cost;
        var blocks = window.Blocks;
        foreach (var block in blocks)
        {
            for (var i = 0; i < block.Count; i++) block.Gzip(i, 100);
        }

        window.Cost.ShouldBeGreaterThan(plain);
        Fill(window, 100, from: 13);
        window.Cost.ShouldBeLessThanOrEqualTo(45_000);
        // One that is dropped meanwhile is still there for who holds it, and counted nowhere.
        var cost = window.Cost;
        blocks[0].Gzip(0, 100).ShouldBeSameAs(blocks[0].Gzip(0, 100));
        window.Cost.ShouldBe(cost);
    }

    [Fact]
    public void A_block_that_is_compressed_for_the_first_time_after_it_left_is_counted_nowhere()
    {
        var window = Fill(new FrameWindow(0, 40_000, blockBytes: 4_000, blockEntries: 4), 12);
        var old = window.Blocks[0];
        Fill(window, 108, from: 13);
        window.Blocks.ShouldNotContain(old);

        var cost = window.Cost;
        for (var i = 0; i < old.Count; i++) old.Gzip(i, 100);
        window.Cost.ShouldBe(cost);
    }

    [Fact]
    public void A_block_that_leaves_while_it_is_compressed_is_counted_nowhere_in_the_end()
    {
        for (var round = 0; round < 200; round++)
        {
            var cost = new GzipCost();
            var block = new FrameBlock(0, 4_000, 4, isPinned: false) { GzipCost = cost };
            for (var i = 1; i <= 4; i++) block.TryAdd(new LoggedEvent(i, Life, DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), new string('x', 200))));
            Parallel.Invoke(() => block.Gzip(0, 100), block.Drop, () => block.Gzip(1, 100), block.Drop);
            cost.Bytes.ShouldBe(0);
        }
    }

    private static readonly Epoch Life = Epoch.New();

    private static FrameWindow Fill(FrameWindow window, int count, int from = 1)
    {
        for (var i = from; i < from + count; i++)
        {
            window.Append(new LoggedEvent(i, Epoch.New(), DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), new string('x', 500))));
        }

        return window;
    }
}
