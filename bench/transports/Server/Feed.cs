using System.Threading.Channels;

namespace Siar.Bench.Transports.Server;

/// <summary>The feed for whoever has no hub: the newest events under a lock, a bounded channel for each socket, and a task that long polls wait for.</summary>
internal sealed class Feed
{
    // As many events as the load benchmark's contenders keep.
    private const int Kept = 1_000;

    private readonly Lock _gate = new();
    private readonly List<FeedEvent> _newest = [];
    private readonly List<Channel<byte[]>> _sockets = [];
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;

    public void Publish(string data)
    {
        lock (_gate)
        {
            var item = new FeedEvent(++_last, data);
            _newest.Add(item);
            if (_newest.Count > Kept) _newest.RemoveAt(0);
            var json = item.ToJson();
            foreach (var socket in _sockets) socket.Writer.TryWrite(json);
            _next.SetResult();
            _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Channel<byte[]> Join()
    {
        var channel = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(Kept) { SingleReader = true });
        lock (_gate) _sockets.Add(channel);
        return channel;
    }

    public void Leave(Channel<byte[]> channel)
    {
        lock (_gate) _sockets.Remove(channel);
    }

    /// <summary>What came after an event; nothing but the newest id where none is named.</summary>
    public FeedPage After(long? id) => Look(id).Page;

    /// <summary>As <see cref="After"/>, but waits where there is nothing.</summary>
    public async Task<FeedPage> WaitAsync(long? id, TimeSpan longest, CancellationToken gone)
    {
        var (page, next) = Look(id);
        if (id is null || page.Events.Count > 0) return page;
        // That time is up is no error, and an exception for each would be dear.
        await next.WaitAsync(longest, gone).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return After(id);
    }

    private (FeedPage Page, Task Next) Look(long? id)
    {
        lock (_gate) return (new FeedPage(_last, id is { } after ? [.. _newest.SkipWhile(e => e.Id <= after)] : []), _next.Task);
    }
}
