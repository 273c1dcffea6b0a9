using System.Net.Sockets;
using System.Text;
using Siar.Hub;
using Siar.Sockets.Native;

namespace Siar.Sockets.Tests.Outlets;

/// <summary>The kernel gives a descriptor's number away again at once. Whoever had it before must not be able to touch its new owner.</summary>
public sealed class ReuseTests : IDisposable
{
    private readonly SocketPair _sockets = new();

    [Fact]
    public void A_closed_handle_reaches_nobody_who_has_its_number_now()
    {
        var (_, old) = _sockets.Connect();
        var (client, current) = Reuse(old, old.Dispose);

        Should.Throw<ObjectDisposedException>(() => SocketCalls.Send(old, "not for you"u8));
        Should.Throw<ObjectDisposedException>(() => SocketCalls.ShutdownBoth(old));
        old.Dispose();

        AssertReaches(client, current);
    }

    [Fact]
    public void An_outlet_that_has_ended_closes_nothing_more()
    {
        var (oldClient, outlet, old) = Outlet();
        var (client, current) = Reuse(old, outlet.Abort);

        outlet.Abort();
        Should.Throw<Exception>(() => outlet.WriteKeepAlive(null));

        AssertReaches(client, current);
        oldClient.Dispose();
    }

    [Fact]
    public async Task What_the_server_writes_after_the_hand_over_goes_nowhere()
    {
        var (client, server) = _sockets.Connect();
        var connection = Connection(server);
        var outlet = connection.CreateOutlet(new OutletFormat(SseForm.Plain));
        outlet.TryTakeOver(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        Attach(outlet);

        await connection.Transport.Output.WriteAsync("0\r\n\r\n"u8.ToArray());
        await connection.Transport.Output.CompleteAsync();
        connection.Abort();
        await connection.DisposeAsync();

        outlet.WriteKeepAlive(null).ShouldBe(OutletState.Ready);
        Receive(client, 7).ShouldBe("2\r\n:\n\r\n");
        outlet.End(null);
        Receive(client, 5).ShouldBe("0\r\n\r\n");
    }

    [Fact]
    public async Task A_connection_that_has_ended_is_not_handed_over()
    {
        var (_, server) = _sockets.Connect();
        var connection = Connection(server);
        var outlet = connection.CreateOutlet(new OutletFormat(SseForm.Plain));
        connection.Abort();

        outlet.TryTakeOver(TimeSpan.FromSeconds(30)).ShouldBeFalse();

        await connection.DisposeAsync();
        server.IsClosed.ShouldBeTrue();
        _sockets.Transport.Count.ShouldBe(0);
    }

    [Fact]
    public async Task A_connection_is_handed_over_or_closed_but_never_both()
    {
        for (var i = 0; i < 300; i++)
        {
            var (client, server) = _sockets.Connect();
            var connection = Connection(server);
            var outlet = connection.CreateOutlet(new OutletFormat(SseForm.Plain));
            using var start = new Barrier(2);
            var closing = Task.Run(async () =>
            {
                start.SignalAndWait();
                await connection.DisposeAsync();
            });
            start.SignalAndWait();
            var taken = outlet.TryTakeOver(TimeSpan.FromSeconds(30));
            await closing;

            if (taken)
            {
                Attach(outlet);
                outlet.WriteKeepAlive(null).ShouldBe(OutletState.Ready);
                Receive(client, 7).ShouldBe("2\r\n:\n\r\n");
                outlet.Abort();
            }

            client.Dispose();
        }

        SpinWait.SpinUntil(() => _sockets.Transport.Count == 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Fact]
    public void A_slot_that_has_another_socket_now_is_not_changed_by_its_last_owner()
    {
        var poller = _sockets.Transport.NextPoller();
        var (_, old) = _sockets.Connect();
        var (client, current) = _sockets.Connect();
        var slot = poller.Add(old, PollEvents.PeerClosed, new Target());
        poller.Remove(slot, old);
        var told = new Target();
        poller.Add(current, PollEvents.PeerClosed, told).ShouldBe(slot);

        poller.TryChange(slot, old, PollEvents.Readable, new Target()).ShouldBeFalse();
        poller.Remove(slot, old);
        client.Dispose();

        told.Seen.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    public void Dispose() => _sockets.Dispose();

    private SocketConnection Connection(DescriptorHandle server) =>
        SocketConnection.Start(_sockets.Transport, _sockets.Transport.NextPoller(), server, null, null);

    private (Socket Client, Outlet Outlet, DescriptorHandle Server) Outlet()
    {
        var (client, server) = _sockets.Connect();
        var outlet = Connection(server).CreateOutlet(new OutletFormat(SseForm.Plain));
        outlet.TryTakeOver(TimeSpan.FromSeconds(30)).ShouldBeTrue();
        Attach(outlet);
        return (client, outlet, server);
    }

    /// <summary>Lets go of a socket and connects until the kernel has given its number to another.</summary>
    private (Socket Client, DescriptorHandle Server) Reuse(DescriptorHandle old, Action letGo)
    {
        var number = SocketPair.NumberOf(old);
        letGo();
        var others = new List<(Socket, DescriptorHandle)>();
        while (true)
        {
            var (client, server) = _sockets.Connect();
            if (SocketPair.NumberOf(server) == number || SocketPair.NumberOf(client.SafeHandle) == number) return (client, server);
            others.Add((client, server));
            others.Count.ShouldBeLessThan(200, "the number did not come back");
        }
    }

    private static void AssertReaches(Socket client, DescriptorHandle server)
    {
        SocketCalls.Send(server, "for you"u8).ShouldBe(7);
        Receive(client, 7).ShouldBe("for you");
        client.Available.ShouldBe(0);
    }

    private static void Attach(Outlet outlet)
    {
        var inbox = new Inbox();
        var subscriber = new Subscriber(new SubscribeRequest { Matchers = Siar.Topics.MatcherSet.All }, outlet, inbox);
        outlet.Attach(subscriber).ShouldBe(OutletState.Ready);
    }

    private static string Receive(Socket client, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;) at += client.Receive(bytes, at, count - at, SocketFlags.None) is > 0 and var n ? n : throw new EndOfStreamException();
        return Encoding.ASCII.GetString(bytes);
    }

    private sealed class Target : IPollTarget
    {
        public ManualResetEventSlim Seen { get; } = new();

        public void OnEvents(PollEvents events) => Seen.Set();
    }
}
