using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Siar.Sockets.Tests.Transport;

public sealed class ListeningSocketTests
{
    [Fact]
    public async Task Of_several_hubs_that_find_the_same_dead_socket_one_replaces_it_and_the_others_say_that_somebody_answers()
    {
        var folder = Directory.CreateTempSubdirectory("siar-");
        try
        {
            for (var round = 0; round < 100; round++)
            {
                var endpoint = new UnixDomainSocketEndPoint(Path.Combine(folder.FullName, "hub.sock"));
                Die(endpoint);
                using var start = new Barrier(4);
                var bound = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() => TryBind(endpoint, start), default, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

                var socket = bound.OfType<Socket>().ShouldHaveSingleItem($"round {round}");
                using (var reader = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) await reader.ConnectAsync(endpoint);
                (await socket.AcceptAsync()).Dispose();
                socket.Dispose();
                File.Delete(endpoint.ToString()!);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Socket? TryBind(UnixDomainSocketEndPoint endpoint, Barrier start)
    {
        start.SignalAndWait();
        try
        {
            return ListeningSocket.Bind(endpoint, mode: null);
        }
        catch (AddressInUseException failure)
        {
            failure.Message.ShouldBe($"Somebody answers on the Unix socket '{endpoint}'.");
            return null;
        }
    }

    // As a process leaves it that is killed: the file is there, and nobody listens.
    private static void Die(UnixDomainSocketEndPoint endpoint)
    {
        var path = endpoint.ToString()!;
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(endpoint);
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
    }
}
