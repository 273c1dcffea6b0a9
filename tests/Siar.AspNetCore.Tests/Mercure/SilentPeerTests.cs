using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;

namespace Siar.AspNetCore.Tests.Mercure;

/// <summary>What finds a peer that is gone without a word.</summary>
public sealed class SilentPeerTests
{
    [Fact]
    public async Task The_system_is_asked_to_give_up_a_peer_that_acknowledges_nothing()
    {
        Socket? socket = null;
        await using var hub = await TestHub.StartAsync(Keyring.Open(o => o.Hub.WriteDeadline = TimeSpan.FromSeconds(7)) with
        {
            Pipeline = app => app.Use(next => context =>
            {
                socket = context.Features.Get<IConnectionSocketFeature>()!.Socket;
                return next(context);
            }),
        });
        using var reader = await hub.OpenAsync("match=a");
        var milliseconds = new byte[4];
        socket!.GetRawSocketOption(6, 18, milliseconds);
        BitConverter.ToInt32(milliseconds).ShouldBe(7_000);
    }
}
