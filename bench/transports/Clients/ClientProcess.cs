using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Siar.Bench.Transports.Clients;

/// <summary>The process of clients: it is told what to do, a line at a time, and answers each with its state. It ends with its input.</summary>
internal static class ClientProcess
{
    public const string Argument = "--clients-of-transports";

    /// <summary>Runs it.</summary>
    /// <param name="arguments">The transport's name, the port of its server, the port to publish to.</param>
    public static async Task RunAsync(string[] arguments)
    {
        var server = new IPEndPoint(IPAddress.Loopback, int.Parse(arguments[1], CultureInfo.InvariantCulture));
        using var clients = new ClientGroup(Transport.Find(arguments[0])!, server, new Uri($"http://127.0.0.1:{arguments[2]}/publish"));
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var state = await DoAsync(clients, line.Split(' '));
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(state));
            await Console.Out.FlushAsync();
        }
    }

    private static async Task<LoadState> DoAsync(ClientGroup clients, string[] words)
    {
        try
        {
            if (words is [_, var count, var milliseconds])
            {
                var interval = TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture));
                await (words[0] == "open" ? clients.OpenAsync(int.Parse(count, CultureInfo.InvariantCulture), interval) : clients.PublishAsync(int.Parse(count, CultureInfo.InvariantCulture), interval));
            }

            return clients.State;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or System.Net.Sockets.SocketException)
        {
            return new LoadState { Failure = failure.Message };
        }
    }
}
