using System.Net;
using System.Net.Sockets;

namespace Siar.Tool.Tests;

/// <summary>A hub that runs out of descriptors turns connections away, and lives.</summary>
[Trait("runs", "siar")]
public sealed class DescriptorTests
{
    private const int Most = 400;

    [Theory]
    [InlineData("portable")]
    [InlineData("sockets")]
    public async Task Idle_connections_up_to_the_process_s_limit_neither_end_the_hub_nor_its_publishers(string transport)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has this limit.");
        // One address may have them all, which by default it may not.
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["SIAR_LIMITS_OPEN_CONNECTIONS_PER_ADDRESS"] = "1000" };
        await using var process = SiarProcess.StartWithDescriptors(Most, variables, "serve", "--url", "http://127.0.0.1:0", "--store", "memory", "--transport", transport);
        var url = new Uri(await process.ReadAsync());
        await process.ReadErrorAsync($"of the {Most} descriptors that the process may have open there is room for ");
        using var publisher = new HttpClient { BaseAddress = url };
        await PublishAsync(publisher);

        var idle = new List<Socket>();
        for (var i = 0; i < Most + 200; i++) idle.Add(await ConnectAsync(url));
        await process.ReadErrorAsync($"the process may have {Most} descriptors open, and the last 72 are kept for the hub itself");
        for (var i = 0; i < 50; i++) await PublishAsync(publisher);
        (await publisher.GetStringAsync("/metrics")).ShouldContain("siar_connections_refused_total{reason=\"descriptors\"} ");

        foreach (var socket in idle) socket.Dispose();
        await ServesAnewAsync(url);
        await process.SignalAsync(SiarProcess.SigTerm);
        (await process.FinishAsync()).ExitCode.ShouldBe(ExitCode.Ok);
    }

    /// <summary>Too few to start at all, and, where the runtime has files of its own open, too few for connections.</summary>
    public static TheoryData<int> TooFew => SiarProgram.IsNative ? [100] : [150, 260];

    [Theory]
    [MemberData(nameof(TooFew))]
    public async Task With_too_few_descriptors_to_serve_anybody_the_start_is_refused_with_a_sentence(int most)
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Only Linux has this limit.");
        await using var process = SiarProcess.StartWithDescriptors(most, "serve", "--url", "http://127.0.0.1:0", "--store", "memory");

        var end = await process.FinishAsync();

        end.ExitCode.ShouldBe(ExitCode.Failure);
        end.Errors.ShouldContain($"siar serve: the process may have {most} descriptors open");
        end.Errors.ShouldContain(". Raise the limit to ");
    }

    private static async Task PublishAsync(HttpClient http)
    {
        using var answer = await http.PostAsync("/events/t", new StringContent("x"));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<Socket> ConnectAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(url.Host, url.Port);
        }
        catch (SocketException)
        {
            // Turned away before it was told that it is connected.
        }

        return socket;
    }

    // The hub sees the ends of the idle ones one by one.
    private static async Task ServesAnewAsync(Uri url)
    {
        for (var i = 1; ; i++)
        {
            using var http = new HttpClient { BaseAddress = url };
            try
            {
                await PublishAsync(http);
                return;
            }
            catch (HttpRequestException) when (i < 500)
            {
                await Task.Yield();
            }
        }
    }
}
