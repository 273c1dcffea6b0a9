using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Siar.Bench.TypedResultsContender;

/// <summary>The clients of a topic: a list under a lock, a bounded channel each.</summary>
internal sealed class Topic
{
    // As many events as the other contenders keep for a reader that is behind.
    private const int Capacity = 1_000;

    private readonly List<Channel<SseItem<string>>> _clients = [];

    public void Publish(SseItem<string> item)
    {
        lock (_clients)
        {
            foreach (var client in _clients) client.Writer.TryWrite(item);
        }
    }

    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken gone)
    {
        var client = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(Capacity) { SingleReader = true });
        // Without a first event no header leaves, and the browser does not know that it is connected.
        client.Writer.TryWrite(new SseItem<string>("hello"));
        lock (_clients) _clients.Add(client);
        try
        {
            await foreach (var item in client.Reader.ReadAllAsync(gone)) yield return item;
        }
        finally
        {
            lock (_clients) _clients.Remove(client);
        }
    }
}
