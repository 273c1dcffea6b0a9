using System.Net.Sockets;
using System.Text;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Sockets.Tests.Outlets;

/// <summary>Many sockets are sent to with one call, or one by one where the kernel gives no ring: nobody can tell which.</summary>
public sealed class TogetherTests : IDisposable
{
    private readonly List<SocketPair> _pairs = [];

    [Theory]
    [InlineData(true, 2)]
    [InlineData(true, 40)]
    [InlineData(true, 300)]
    [InlineData(false, 3)]
    public void Everybody_gets_every_byte_once(bool usesIoUring, int readers)
    {
        var all = Readers(usesIoUring, readers);
        var rounds = Enumerable.Range(0, 3).Select(round => TestFrames.Of(3, 200 + round)).ToList();

        foreach (var frames in rounds) WriteMany(all, frames).ShouldAllBe(r => r == OutletState.Ready);

        var expected = string.Concat(rounds.Select(TextOf));
        foreach (var (client, _) in all) Receive(client, expected.Length).ShouldBe(expected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_socket_that_is_full_keeps_its_place_and_holds_up_nobody(bool usesIoUring)
    {
        var all = Readers(usesIoUring, 5);
        var slow = all[2].Outlet;
        var first = TestFrames.Of(1, 200_000);
        var fed = 0;
        while (slow.Write(first).State is OutletState.Ready) fed++;
        var others = all.Where(r => r.Outlet != slow).ToList();
        var frames = TestFrames.Of(1, 100);

        WriteMany(others, frames).ShouldAllBe(r => r == OutletState.Ready);

        foreach (var (client, _) in others) Receive(client, TextOf(frames).Length).ShouldBe(TextOf(frames));
        fed.ShouldBePositive();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_takes_a_part_gets_the_rest_and_who_takes_nothing_is_offered_it_again(bool usesIoUring)
    {
        var all = Readers(usesIoUring, 4);
        var frames = TestFrames.Of(1, 300_000);
        var expected = new StringBuilder();
        WriteResult[] results;
        do
        {
            results = WriteMany(all, frames);
            expected.Append(TextOf(frames));
        }
        while (Array.TrueForAll(results, r => r.State is OutletState.Ready));

        for (var i = 0; i < all.Count; i++)
        {
            var (client, outlet) = all[i];
            var text = expected.ToString();
            var state = results[i].State;
            var received = new StringBuilder();
            while (received.Length < text.Length)
            {
                received.Append(ReceiveSome(client));
                if (state is not OutletState.Full) continue;
                state = outlet.Resume();
                if (state is OutletState.Ready && results[i].Untaken > 0) state = (results[i] = outlet.Write(frames.AsSpan()[^results[i].Untaken..])).State;
            }

            received.ToString().ShouldBe(text);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_has_reset_is_found_and_the_others_are_served(bool usesIoUring)
    {
        var all = Readers(usesIoUring, 4);
        all[1].Client.LingerState = new LingerOption(enable: true, 0);
        all[1].Client.Dispose();
        var frames = TestFrames.Of(1, 50);

        // The reset may come after the first send.
        WriteResult[] results;
        var written = 0;
        do
        {
            results = WriteMany(all, frames);
            written++;
        }
        while (results[1].State is OutletState.Ready);

        results.Select(r => r.State).ShouldBe([OutletState.Ready, OutletState.Closed, OutletState.Ready, OutletState.Ready]);
        var expected = string.Concat(Enumerable.Repeat(TextOf(frames), written));
        foreach (var i in (int[])[0, 2, 3]) Receive(all[i].Client, expected.Length).ShouldBe(expected);
    }

    [Fact]
    public void Frames_of_several_blocks_leave_together()
    {
        var all = Readers(usesIoUring: true, 10);
        var window = new FrameWindow(0, 1 << 20, blockBytes: 200, blockEntries: 2);
        for (var i = 1; i <= 9; i++) window.Append(TestFrames.Event(i, 40));
        var frames = window.Blocks.SelectMany(b => Enumerable.Range(0, b.Count).Select(i => new Frame(b, i))).Where(f => f.Event.Position % 3 != 0).ToArray();

        WriteMany(all, frames).ShouldAllBe(r => r == OutletState.Ready);

        foreach (var (client, _) in all) Receive(client, TextOf(frames).Length).ShouldBe(TextOf(frames));
    }

    [Fact]
    public void Readers_of_another_coding_are_served_by_themselves()
    {
        var plain = Readers(usesIoUring: true, 3);
        var form = new GzipForm(SseForm.Plain, 10);
        var gzip = Readers(usesIoUring: true, 3, form);
        var frames = TestFrames.Of(1, 500);
        (Socket Client, Outlet Outlet)[] all = [plain[0], gzip[0], plain[1], gzip[1], gzip[2], plain[2]];

        WriteMany([.. all], frames).ShouldAllBe(r => r == OutletState.Ready);
        WriteMany([gzip[0], plain[0], gzip[1]], frames).ShouldAllBe(r => r == OutletState.Ready);

        var chunk = Encoding.Latin1.GetString(frames[0].In(form).Chunk.Span);
        Receive(gzip[0].Client, 2 * chunk.Length).ShouldBe(chunk + chunk);
        Receive(gzip[2].Client, chunk.Length).ShouldBe(chunk);
        Receive(plain[0].Client, 2 * TextOf(frames).Length).ShouldBe(TextOf(frames) + TextOf(frames));
        Receive(plain[2].Client, TextOf(frames).Length).ShouldBe(TextOf(frames));
    }

    [Fact]
    public void A_failure_before_the_call_holds_no_socket_and_sends_nothing_twice()
    {
        var all = Readers(usesIoUring: true, 2);
        Frame[] scattered = [.. TestFrames.Of(1, 10), .. TestFrames.Of(1, 10)];

        var nothing = new WriteResult[2];
        Should.Throw<InvalidOperationException>(() => all[0].Outlet.WriteMany(new[] { all[0].Outlet, all[1].Outlet }, scattered, nothing));
        nothing.ShouldAllBe(r => !r.IsDone);

        var frames = TestFrames.Of(1, 20);
        WriteMany(all, frames).ShouldAllBe(r => r == OutletState.Ready);
        foreach (var (client, outlet) in all)
        {
            outlet.End(null);
            Receive(client, int.MaxValue).ShouldBe(TextOf(frames) + "0\r\n\r\n");
        }
    }

    [Fact]
    public void It_allocates_nothing()
    {
        var all = Readers(usesIoUring: true, 20);
        var outlets = all.Select(r => r.Outlet).ToArray();
        var results = new WriteResult[outlets.Length];
        var frames = TestFrames.Of(1, 60);
        var nowhere = new byte[65_536];

        Deliver();

        Allocations.OfCheapestRound(Deliver).ShouldBe(0);

        void Deliver()
        {
            for (var i = 0; i < 50; i++)
            {
                outlets[0].WriteMany(outlets, frames, results);
                foreach (var result in results)
                {
                    if (result.State is not OutletState.Ready) throw new InvalidOperationException("The socket has room.");
                }

                foreach (var (client, _) in all)
                {
                    while (client.Available > 0) client.Receive(nowhere);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var pair in _pairs) pair.Dispose();
    }

    /// <summary>Does as a lane does.</summary>
    private static WriteResult[] WriteMany(List<(Socket Client, Outlet Outlet)> readers, Frame[] frames)
    {
        var results = new WriteResult[readers.Count];
        readers[0].Outlet.WriteMany(readers.Select(r => r.Outlet).ToArray(), frames, results);
        return results;
    }

    private List<(Socket Client, Outlet Outlet)> Readers(bool usesIoUring, int count, StreamForm? form = null)
    {
        var sockets = new SocketPair(options: new SocketsOptions { Pollers = 1, UsesIoUring = usesIoUring });
        _pairs.Add(sockets);
        return [.. Enumerable.Range(0, count).Select(_ => Join(sockets, form))];
    }

    private static (Socket Client, Outlet Outlet) Join(SocketPair sockets, StreamForm? form)
    {
        var (client, server) = sockets.Connect(receiveBuffer: 4_096);
        var connection = SocketConnection.Start(sockets.Transport, sockets.Transport.NextPoller(), server, null, null);
        var outlet = connection.CreateOutlet(new OutletFormat(form ?? SseForm.Plain) { TakesSignals = true });
        outlet.TryTakeOver(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        var inbox = new Inbox();
        outlet.Attach(new Subscriber(new SubscribeRequest { Matchers = MatcherSet.All }, outlet, inbox)).ShouldBe(OutletState.Ready);
        return (client, outlet);
    }

    private static string Receive(Socket client, int count)
    {
        var received = new StringBuilder();
        var buffer = new byte[3_000];
        while (received.Length < count && client.Receive(buffer, 0, Math.Min(count - received.Length, buffer.Length), SocketFlags.None) is > 0 and var got)
            received.Append(Encoding.Latin1.GetString(buffer, 0, got));
        return received.ToString();
    }

    private static string ReceiveSome(Socket client)
    {
        var buffer = new byte[30_000];
        return client.Poll(1_000, SelectMode.SelectRead) ? Encoding.Latin1.GetString(buffer, 0, client.Receive(buffer)) : "";
    }

    private static string TextOf(Frame[] frames) => string.Concat(frames.Select(f => Encoding.UTF8.GetString(f.Chunk.Span)));
}
