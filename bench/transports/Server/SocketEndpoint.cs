using System.Net.WebSockets;

namespace Siar.Bench.Transports.Server;

/// <summary>The feed over a WebSocket: a loop that sends what its channel has, and one that sees the client go.</summary>
internal static class SocketEndpoint
{
    public static async Task HandleAsync(HttpContext context, Feed feed)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var channel = feed.Join();
        try
        {
            var seeing = SeeEndAsync(socket, end);
            await foreach (var json in channel.Reader.ReadAllAsync(end.Token)) await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, end.Token);
            await seeing;
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException)
        {
            // The client has gone.
        }
        finally
        {
            feed.Leave(channel);
        }
    }

    private static async Task SeeEndAsync(WebSocket socket, CancellationTokenSource end)
    {
        var buffer = new byte[128];
        try
        {
            while ((await socket.ReceiveAsync(buffer, end.Token)).MessageType is not WebSocketMessageType.Close)
            {
                // The feed goes one way: what a client says is not heard.
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException)
        {
            // So does one that just goes.
        }

        await end.CancelAsync();
    }
}
