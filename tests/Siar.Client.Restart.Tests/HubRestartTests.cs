using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Siar.Tool.Tests;

namespace Siar.Client.Restart.Tests;

/// <summary>The hub is killed again and again, with its log in a file, while one client publishes and others read.</summary>
public sealed class HubRestartTests : IDisposable
{
    private const int Kills = 6;
    private const int Ahead = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("siar-restart-").FullName;
    private readonly CancellationTokenSource _end = new();
    private long _made;
    private long _read;
    private volatile bool _isEnough;

    [Fact]
    public async Task Readers_see_every_event_once_and_in_order()
    {
        var hub = await StartAsync("http://127.0.0.1:0");
        var url = hub.Url;
        await using var client = new SiarClient(new SiarClientOptions { Hub = new Uri(url), Reconnect = Quick, PublishRetry = new() { GiveUpAfter = Patience } });
        var marks = Channel.CreateUnbounded<long>();
        var reading = ReadAsync(client, marks.Writer);
        var handling = ReadAsync(client, null, CursorMoves.WhenHandled);
        var publishing = client.PublishAllAsync(NumbersAsync(_end.Token), null, _end.Token);

        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                // Not before each life has brought something: else it would prove nothing.
                var mark = Interlocked.Read(ref _read) + Ahead;
                await UntilAsync(marks.Reader, mark);
                await hub.Process.KillAsync();
                await hub.DisposeAsync();
                hub = await StartAsync(url);
            }

            _isEnough = true;
            var published = await publishing.WaitAsync(Patience);
            await UntilAsync(marks.Reader, published);

            published.ShouldBe(_made);
            await _end.CancelAsync();
            (await reading).ShouldBe((published, 0));
            (await handling.WaitAsync(Patience)).Gaps.ShouldBe(0);
        }
        finally
        {
            await _end.CancelAsync();
            await hub.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_topic_that_is_closed_ends_its_streams()
    {
        await using var hub = await StartAsync("http://127.0.0.1:0");
        await using var client = new SiarClient(new SiarClientOptions { Hub = new Uri(hub.Url), Reconnect = Quick });
        await client.PublishAsync("job", "done", _end.Token);
        await client.CloseAsync("job", _end.Token);
        await client.CloseAsync("job", _end.Token);
        List<string?> had = [];

        var what = new SubscribeOptions { Topics = ["job"], LastEventId = SubscribeOptions.Earliest };
        await client.SubscribeAsync(what).RunAsync(
            (item, _) =>
            {
                had.Add(item.IsEvent ? item.Data : item.Type);
                return ValueTask.CompletedTask;
            },
            _end.Token).WaitAsync(Patience);

        had.Where(h => h != "siar.live").ShouldBe(["done", "siar.closed"]);
        (await Should.ThrowAsync<PublishException>(client.PublishAsync("job", "more", _end.Token))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Conflict);
    }

    public void Dispose()
    {
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static ReconnectOptions Quick => new() { InitialDelay = TimeSpan.FromMilliseconds(100), MaxDelay = TimeSpan.FromMilliseconds(500) };

    private Task<RunningHub> StartAsync(string url) => RunningHub.StartAsync(
        [new("SIAR_RECONNECT_DELAY", "100ms")], "--dev", "--store", $"sqlite:{Path.Combine(_folder, "events.db")}", "--url", url);

    /// <summary>Numbers, never far ahead of the first reader.</summary>
    private async IAsyncEnumerable<OutgoingEvent> NumbersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (!_isEnough)
        {
            if (Interlocked.Read(ref _made) - Interlocked.Read(ref _read) < Ahead) yield return new OutgoingEvent("numbers", (_made++).ToString(CultureInfo.InvariantCulture));
            else await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Reads until the end, and holds each number against the one before.</summary>
    private async Task<(long Next, int Gaps)> ReadAsync(SiarClient client, ChannelWriter<long>? marks, CursorMoves moves = CursorMoves.WhenHandedOver)
    {
        var next = 0L;
        var gaps = 0;
        var what = new SubscribeOptions { Topics = ["numbers"], LastEventId = SubscribeOptions.Earliest, CursorMoves = moves };
        try
        {
            await foreach (var item in client.SubscribeAsync(what, _end.Token))
            {
                if (item.IsGap) gaps++;
                if (!item.IsEvent) continue;
                item.Data.ShouldBe(next.ToString(CultureInfo.InvariantCulture));
                next++;
                if (marks is null) continue;
                Interlocked.Exchange(ref _read, next);
                marks.TryWrite(next);
            }
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // That was the end.
        }
        catch (Exception failure)
        {
            marks?.TryComplete(failure);
            throw;
        }

        return (next, gaps);
    }

    private static async Task UntilAsync(ChannelReader<long> marks, long mark)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (await marks.ReadAsync(patience.Token) < mark)
        {
            // The next one.
        }
    }
}
