using Siar.Topics;

namespace Siar.Hub.Tests.Window;

/// <summary>A frame is encoded once in each form, when its first reader wants it, and every encoding is counted.</summary>
public sealed class FormWindowTests
{
    private static readonly GzipForm Gzip = new(SseForm.Plain, 100);
    private static readonly GzipForm Another = new(SseForm.Plain, 1_000);

    [Fact]
    public void A_frame_is_encoded_once_in_each_form()
    {
        var window = Fill(new FrameWindow(0, 1 << 20), 3);
        var frame = new Frame(window.Blocks[0], 1);

        var made = new EncodedFrame[16];
        Parallel.For(0, made.Length, i => made[i] = frame.EncodedIn(i % 2 == 0 ? Gzip : Another));

        made.Distinct().Count().ShouldBe(2);
        frame.EncodedIn(Gzip).Chunk.Length.ShouldBeLessThan(frame.EncodedIn(Another).Chunk.Length);
    }

    [Fact]
    public void The_budget_counts_every_encoding_until_its_block_leaves()
    {
        var window = Fill(new FrameWindow(0, 40_000, blockBytes: 4_000, blockEntries: 4), 12);
        var plain = window.Cost;
        var blocks = window.Blocks;
        foreach (var block in blocks)
        {
            for (var i = 0; i < block.Count; i++) new Frame(block, i).In(Gzip);
        }

        var compressed = window.Cost;
        compressed.ShouldBeGreaterThan(plain);
        new Frame(blocks[0], 0).In(Another);
        window.Cost.ShouldBeGreaterThan(compressed + 500);
        Fill(window, 100, from: 13);
        window.Cost.ShouldBeLessThanOrEqualTo(45_000);
        // One that is dropped meanwhile is still there for who holds it, and counted nowhere.
        var cost = window.Cost;
        new Frame(blocks[0], 0).EncodedIn(Gzip).ShouldBeSameAs(new Frame(blocks[0], 0).EncodedIn(Gzip));
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
        for (var i = 0; i < old.Count; i++) new Frame(old, i).In(Gzip);
        window.Cost.ShouldBe(cost);
    }

    [Fact]
    public void A_block_that_leaves_while_it_is_compressed_is_counted_nowhere_in_the_end()
    {
        for (var round = 0; round < 200; round++)
        {
            var cost = new EncodingCost();
            var block = new FrameBlock(0, 4_000, 4, isPinned: false) { EncodingCost = cost };
            for (var i = 1; i <= 4; i++) block.TryAdd(new LoggedEvent(i, Life, DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), new string('x', 200))));
            Parallel.Invoke(() => new Frame(block, 0).In(Gzip), block.Drop, () => new Frame(block, 1).In(Another), block.Drop);
            cost.Bytes.ShouldBe(0);
        }
    }

    [Fact]
    public void Cached_pages_count_every_encoding_until_they_leave()
    {
        var cache = new PageCache(20_000);
        var pages = Enumerable.Range(0, 20).Select(i => Page(i, cache.Encodings)).ToList();
        foreach (var page in pages)
        {
            cache.Add(page);
            var before = cache.Cost;
            new Frame(page.Block, 0).In(Another);
            cache.Cost.ShouldBeGreaterThan(before);
        }

        cache.Add(Page(20, cache.Encodings));
        cache.Cost.ShouldBeLessThanOrEqualTo(20_000);
        var last = cache.Cost;
        new Frame(pages[0].Block, 0).In(Gzip);
        cache.Cost.ShouldBe(last);
    }

    private static SharedPage Page(long after, EncodingCost cost)
    {
        var logged = new LoggedEvent(after + 1, Life, DateTimeOffset.UnixEpoch, new Event(Topic.Parse("a"), new string('x', 500)));
        return new SharedPage(new PageKey(MatcherSet.All, after), FrameBlock.FromPage(after, new LogPage([logged], after + 1, TrimState.Nothing), cost), Losses.None, _ => { });
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
