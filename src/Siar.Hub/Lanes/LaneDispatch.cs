namespace Siar.Hub;

/// <summary>Brings a lane up to the window's head: goes through the new events, and queues the live subscribers that each is for. Its lane alone uses it.</summary>
internal sealed class LaneDispatch(LaneContext context, LaneView view, InterestGroups groups, LaneLists lists)
{
    /// <summary>Goes through the new events, some in a turn.</summary>
    /// <param name="head">The window's head, read before anything else.</param>
    public void AdvanceTo(long head)
    {
        if (head == view.Head) return;

        var blocks = context.Window.Blocks;
        // Told before the head is lowered, so that no position of the next epoch is taken for one of this.
        if (context.Window.LostEpochs != view.Gatherer.LostEpochs) return;
        if (view.Head < blocks[0].After) LeaveWindow(head);
        else Dispatch(blocks, head);

        for (var i = lists.Ahead.Slots - 1; i >= 0; i--)
        {
            if (lists.Ahead[i] is not { } subscriber) continue;
            subscriber.ReachHead(view.Head);
            if (subscriber.Phase is SubscriberPhase.Queued) lists.Behind.Add(subscriber);
        }
    }

    /// <summary>
    /// Whether the new events are so small, and for so few subscribers, that a publishing thread may deliver them itself. Costs no more than the publish:
    /// what readers cause is not paid by publishers.
    /// </summary>
    public bool AreForFew(long head)
    {
        if (head == view.Head) return true;
        var blocks = context.Window.Blocks;
        if (view.Head < blocks[0].After || lists.Ahead.Count > 0) return false;
        var left = context.Tuning.InPlaceWrites;
        for (var i = FirstBlock(blocks, view.Head); i < blocks.Length; i++)
        {
            var block = blocks[i];
            var count = block.Count;
            for (var j = block.FirstAfter(view.Head); j < count; j++)
            {
                ref readonly var entry = ref block.Entry(j);
                if (entry.Event.Position > head) return true;
                // The event itself counts as well, so that many that nobody wants are not looked at here.
                left -= 1 + groups.CountInPlace(entry.Event, left);
                if (left < -1 || entry.PayloadLength > context.Tuning.InPlaceBytes) return false;
            }
        }

        return true;
    }

    private void Dispatch(FrameBlock[] blocks, long head)
    {
        var from = view.Head;
        var left = context.Tuning.Events;
        for (var i = FirstBlock(blocks, from); i < blocks.Length && left > 0; i++)
        {
            var block = blocks[i];
            var count = block.Count;
            for (var j = block.FirstAfter(from); j < count && left > 0; j++, left--)
            {
                var logged = block.Entry(j).Event;
                if (logged.Position > head) break;
                foreach (var group in groups.Match(logged)) lists.Match(group, from);
                view.Head = logged.Position;
            }
        }

        if (left > 0) view.Head = head;
    }

    private static int FirstBlock(FrameBlock[] blocks, long after)
    {
        var i = blocks.Length - 1;
        while (i > 0 && blocks[i].After > after) i--;
        return i;
    }

    // The window was turned over before this lane came round: everybody reads on from where the lane was.
    private void LeaveWindow(long head)
    {
        foreach (var group in groups.All)
        {
            lists.Match(group, view.Head);
            group.ForgetRecent(head, mayBeClosed: true);
        }

        view.Head = head;
    }
}
