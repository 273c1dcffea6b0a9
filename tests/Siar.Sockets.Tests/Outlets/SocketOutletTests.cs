using System.Net.Sockets;
using System.Text;
using Siar.Hub;
using Siar.Sockets.Native;
using Siar.TestKit;
using Siar.Topics;

namespace Siar.Sockets.Tests.Outlets;

public sealed class SocketOutletTests : IDisposable
{
    private readonly SocketPair _sockets = new();
    private readonly Inbox _inbox = new();
    private readonly Socket _client;
    private readonly DescriptorHandle _server;
    private readonly Outlet _outlet;

    public SocketOutletTests()
    {
        (_client, _server) = _sockets.Connect(receiveBuffer: 4_096);
        var connection = SocketConnection.Start(_sockets.Transport, _sockets.Transport.NextPoller(), _server, null, null);
        var outlet = connection.CreateOutlet(new OutletFormat(SseForm.Plain) { TakesSignals = true });
        outlet.TryTakeOver(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        _outlet = outlet;
        _outlet.Attach(new Subscriber(new SubscribeRequest { Matchers = MatcherSet.All }, _outlet, _inbox)).ShouldBe(OutletState.Ready);
    }

    [Fact]
    public void The_system_is_asked_to_give_up_a_peer_that_acknowledges_nothing()
    {
        using var server = new Socket(new SafeSocketHandle(SocketPair.NumberOf(_server), ownsHandle: false));
        var milliseconds = new byte[4];

        server.GetRawSocketOption(optionLevel: 6, optionName: 18, milliseconds);

        BitConverter.ToInt32(milliseconds).ShouldBe(30_000);
    }

    [Fact]
    public void A_delivery_allocates_nothing()
    {
        var frames = TestFrames.Of(1, 60);
        var nowhere = new byte[65_536];
        Deliver();

        Allocations.OfCheapestRound(Deliver).ShouldBe(0);

        void Deliver()
        {
            for (var i = 0; i < 200; i++)
            {
                if (_outlet.Write(frames).State is not OutletState.Ready) throw new InvalidOperationException("The socket has room.");
                while (_client.Available > 0) _client.Receive(nowhere);
            }
        }
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(3, 5)]
    [InlineData(3_000, 1)]
    [InlineData(2, 60_000)]
    [InlineData(1, 900_000)]
    public async Task Every_byte_arrives_once_and_in_order_whatever_the_socket_takes_at_a_time(int count, int length)
    {
        var frames = TestFrames.Of(count, length);
        var expected = string.Concat(frames.Select(f => Encoding.UTF8.GetString(f.Chunk.Span)));
        var received = new StringBuilder();
        var reading = Task.Run(() => Read(received, expected.Length * 5));

        for (var round = 0; round < 5; round++) WriteAll(frames);

        await reading.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        received.ToString().ShouldBe(string.Concat(Enumerable.Repeat(expected, 5)));
    }

    [Fact]
    public void Frames_of_scattered_blocks_leave_together()
    {
        var window = new FrameWindow(0, 1 << 20, blockBytes: 200, blockEntries: 2);
        for (var i = 1; i <= 9; i++) window.Append(TestFrames.Event(i, 40));
        var frames = window.Blocks.SelectMany(b => Enumerable.Range(0, b.Count).Select(i => new Frame(b, i))).Where(f => f.Event.Position % 3 != 0).ToArray();
        window.Blocks.Length.ShouldBeGreaterThan(2);

        _outlet.Write(frames).State.ShouldBe(OutletState.Ready);

        var received = new StringBuilder();
        Read(received, frames.Sum(f => f.Chunk.Length));
        received.ToString().ShouldBe(string.Concat(frames.Select(f => Encoding.UTF8.GetString(f.Chunk.Span))));
    }

    [Fact]
    public void A_peer_that_goes_away_is_told_to_the_lane()
    {
        _client.Dispose();

        _inbox.Next().ShouldBe(LaneMessageKind.Close);
        _outlet.Abort();
    }

    [Fact]
    public void A_peer_that_resets_while_the_outlet_is_full_is_told_to_the_lane()
    {
        Fill();
        _client.LingerState = new LingerOption(enable: true, 0);
        _client.Dispose();

        LaneMessageKind told;
        do
        {
            told = _inbox.Next();
        }
        while (told is LaneMessageKind.Writable && _outlet.Resume() is not OutletState.Closed);
        _outlet.Write(TestFrames.Of(1, 10)).State.ShouldBe(OutletState.Closed);
        _outlet.Abort();
    }

    [Fact]
    public void The_end_arrives_after_what_waits_in_the_socket()
    {
        _outlet.Write(TestFrames.Of(1, 1_000)).State.ShouldBe(OutletState.Ready);
        _outlet.End(250);

        var received = new StringBuilder();
        Read(received, int.MaxValue);
        received.ToString().ShouldEndWith("\n\n\r\nB\r\nretry: 250\n\r\n0\r\n\r\n");
        _client.Dispose();
        SpinWait.SpinUntil(() => _sockets.Transport.Count == 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    public void Dispose()
    {
        _client.Dispose();
        _sockets.Dispose();
    }

    private void Fill()
    {
        var frames = TestFrames.Of(1, 60_000);
        while (_outlet.Write(frames).State is OutletState.Ready)
        {
        }
    }

    /// <summary>Does as a lane does: offers again what was left, once there is room.</summary>
    private void WriteAll(ReadOnlySpan<Frame> frames)
    {
        while (!frames.IsEmpty)
        {
            var result = _outlet.Write(frames);
            if (result.State is OutletState.Ready) return;
            result.State.ShouldBe(OutletState.Full);
            frames = frames[^result.Untaken..];
            do
            {
                _inbox.Next().ShouldBe(LaneMessageKind.Writable);
            }
            while (_outlet.Resume() is OutletState.Full);
        }
    }

    private void Read(StringBuilder into, int count)
    {
        var buffer = new byte[3_000];
        while (count > 0 && _client.Receive(buffer, 0, Math.Min(count, buffer.Length), SocketFlags.None) is > 0 and var got)
        {
            into.Append(Encoding.UTF8.GetString(buffer, 0, got));
            count -= got;
        }
    }
}
