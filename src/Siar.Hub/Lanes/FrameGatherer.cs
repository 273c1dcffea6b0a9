namespace Siar.Hub;

/// <summary>
/// Finds what a reader gets next: the frames after its cursor that it wants, as many as one write may have. Readers of one group with one
/// cursor, such as all that are level, are answered from the last search. Its lane alone uses it.
/// </summary>
internal sealed class FrameGatherer(FrameWindow window, HubTuning tuning)
{
    private const int MaxTopicsByIndex = 8;

    private readonly List<Frame> _frames = [];
    private readonly List<int> _candidates = [];
    private InterestGroup? _group;
    private long _after;
    private long _head;
    private int _examined;

    /// <summary>The frames of the last search, in order; valid until the next.</summary>
    public ReadOnlySpan<Frame> Frames => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_frames);

    /// <summary>How many bytes they are, as server-sent events know them.</summary>
    public int Bytes { get; private set; }

    /// <summary>Everything that the group wants up to this position is among the frames.</summary>
    public long Through { get; private set; }

    /// <summary>Whether there are no frames since the first thing that the group wants, at <see cref="Through"/>, is a pause of what is told of subscriptions.</summary>
    public bool IsPresencePause { get; private set; }

    /// <summary>How many epochs had lost events when the lane began at the window's head.</summary>
    public int LostEpochs { get; set; } = window.LostEpochs;

    /// <summary>Searches the window, or says that the cursor is below it, or of an epoch that is lost.</summary>
    public bool TryGather(InterestGroup group, long after, long head)
    {
        var blocks = window.Blocks;
        if (after < blocks[0].After || window.LostEpochs != LostEpochs) return false;
        if (ReferenceEquals(group, _group) && after == _after && head == _head) return true;

        Begin(group, after, head);
        try
        {
            if (after >= group.RecentAfter) GatherRecent(blocks);
            else GatherBlocks(blocks);
            return true;
        }
        catch
        {
            // What was found before the failure must not pass for all that there is.
            Forget();
            throw;
        }
    }

    /// <summary>Searches a page of the log, up to a position on it.</summary>
    public void GatherPage(InterestGroup group, long after, FrameBlock page, long through)
    {
        Begin(group, after, through);
        GatherBlock(page, page.FirstAfter(after));
        _group = null;
    }

    /// <summary>Lets go of the last search's frames.</summary>
    public void Forget()
    {
        _group = null;
        _frames.Clear();
        IsPresencePause = false;
    }

    private void Begin(InterestGroup group, long after, long head)
    {
        _group = group;
        _after = after;
        _head = head;
        _examined = 0;
        _frames.Clear();
        Bytes = 0;
        Through = head;
        IsPresencePause = false;
    }

    private void GatherRecent(FrameBlock[] blocks)
    {
        var recent = _group!.Recent;
        var first = recent.Length;
        while (first > 0 && recent[first - 1] > _after) first--;

        foreach (var position in recent[first..])
        {
            if (position > _head) return;
            var block = blocks[BlockOf(blocks, position - 1)];
            if (!Add(block, block.FirstAfter(position - 1))) return;
        }
    }

    private void GatherBlocks(FrameBlock[] blocks)
    {
        for (var i = BlockOf(blocks, _after); i < blocks.Length; i++)
        {
            if (!GatherBlock(blocks[i], blocks[i].FirstAfter(_after))) return;
        }
    }

    private bool GatherBlock(FrameBlock block, int from)
    {
        var topics = _group!.Interest.ExactTopics;
        if (block.Index is { } index && !topics.IsDefault && topics.Length <= MaxTopicsByIndex)
        {
            _candidates.Clear();
            index.FindTopics(topics, from, _candidates);
            foreach (var candidate in _candidates)
            {
                if (!Examine(block, candidate)) return false;
            }

            return true;
        }

        var count = block.Count;
        for (var i = from; i < count; i++)
        {
            if (!Examine(block, i)) return false;
        }

        return true;
    }

    // False when the search is over: at the head, when the write is full, or when it has cost enough for one turn.
    private bool Examine(FrameBlock block, int index)
    {
        var logged = block.Entry(index).Event;
        if (logged.Position > _head) return false;
        if (_group!.Delivers(logged)) return Add(block, index);
        if (++_examined < tuning.EventsExamined) return true;
        Through = logged.Position;
        return false;
    }

    private bool Add(FrameBlock block, int index)
    {
        ref readonly var entry = ref block.Entry(index);
        if (entry.Event.Content.IsPresencePause)
        {
            IsPresencePause = _frames.Count == 0;
            Through = IsPresencePause ? entry.Event.Position : entry.Event.Position - 1;
            return false;
        }

        // What hubs tell each other is for no reader, whatever it may read.
        if (entry.Event.Content.IsMemberFact) return true;
        if (_frames.Count > 0 && Bytes + entry.PayloadLength > tuning.WriteBytes)
        {
            Through = _frames[^1].Event.Position;
            return false;
        }

        _frames.Add(new Frame(block, index));
        Bytes += entry.PayloadLength;
        return true;
    }

    // The last block that begins at or before the position.
    private static int BlockOf(FrameBlock[] blocks, long position)
    {
        var low = 0;
        var high = blocks.Length - 1;
        if (blocks[high].After <= position) return high;
        while (low < high)
        {
            var middle = (low + high + 1) >>> 1;
            if (blocks[middle].After <= position) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
