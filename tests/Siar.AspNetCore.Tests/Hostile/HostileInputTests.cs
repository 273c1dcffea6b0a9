using System.Text;
using System.Text.Json;
using Siar.Hub;
using Siar.Topics;

namespace Siar.AspNetCore.Tests.Hostile;

/// <summary>
/// Invariant 5: no input, on any door, makes a 5xx, an unhandled exception, or a byte on another reader's stream that the publisher did not
/// mean.
/// </summary>
public sealed class HostileInputTests
{
    [Fact]
    public async Task No_publish_forges_an_event_or_breaks_the_hub()
    {
        // Development mode does not answer HTTP/1.0, which gives the lines bare.
        await using var hub = await StartAsync(s => s.UseAuthorizer(_ => ValueTask.FromResult<SiarAccess?>(SiarAccess.Everything)));
        using var stream = await EventStream.OpenLiveAsync(hub.Client, "/events/*");
        using var lines = await hub.ConnectAsync();
        await lines.SendAsync("GET /events/*?signals=on HTTP/1.0\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n");
        await lines.ReadThroughAsync("\"live\"");
        await lines.ReadThroughAsync("\n");

        var acknowledged = new List<Acknowledged>();
        foreach (var request in HostileRequests.Publishes(1_500)) acknowledged.AddRange(await PublishAsync(hub, request));
        acknowledged.Count.ShouldBeGreaterThan(300);

        await CompareAsync(hub, stream, lines, acknowledged);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_subscription_breaks_the_hub_or_another_stream()
    {
        await using var hub = await StartAsync();
        using var stream = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        var served = 0;
        foreach (var request in HostileRequests.Subscriptions(1_500))
        {
            if (await StatusAsync(hub, request) is 200) served++;
        }

        served.ShouldBeGreaterThan(100);
        await hub.Hub.PublishAsync("a", "still here");
        (await stream.NextAsync()).Data.ShouldBe("still here");
        while (hub.Core.Subscribers > 1) await Task.Yield();
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_noise_breaks_the_server_or_another_stream()
    {
        await using var hub = await StartAsync();
        using var stream = await EventStream.OpenLiveAsync(hub.Client, "/events/none");

        foreach (var noise in HostileRequests.Noise(1_000))
        {
            using var connection = await hub.ConnectAsync();
            await connection.SendAsync(Encoding.Latin1.GetString(noise));
            connection.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            var answer = await connection.ReadUntilAsync("\r\n");

            // The server's own words for a version that it does not speak are no failure: 505 (RFC 9110, 15.6.6), or a frame of HTTP/2.
            if (answer.Length > 0) answer.ShouldMatch("^(HTTP/1.1 ([234]|505)|\0\0)", Encoding.Latin1.GetString(noise));
        }

        await hub.Hub.PublishAsync("none", "still here");
        (await stream.NextAsync()).Data.ShouldBe("still here");
        hub.Log.Errors.ShouldBeEmpty();
    }

    private static Task<TestHub> StartAsync(Action<SiarBuilder>? siar = null) => TestHub.StartAsync(new TestHubSetup
    {
        Siar = siar,
        Options = o => (o.Limits.PublishesPerAddress, o.MaxWaitSeconds) = (1_000_000, 1),
        Endpoints = app => app.MapEvents("/mapped", "a"),
    });

    private static async Task<IEnumerable<Acknowledged>> PublishAsync(TestHub hub, HostileRequest request)
    {
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync(request.Head + Encoding.Latin1.GetString(request.Body));
        var answer = await connection.ReadToEndAsync();
        answer.ShouldMatch("^HTTP/1.1 [234]", request.ToString());
        answer.ShouldNotContain("X-Forged", Case.Insensitive);
        if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)) return [];

        var body = answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
        var json = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body[body.IndexOf('{')..(body.LastIndexOf('}') + 1)]));
        using var ids = JsonDocument.Parse(json);
        return ids.RootElement.TryGetProperty("id", out var one)
            ? [new Acknowledged(one.GetString()!, request.Body)]
            : [.. ids.RootElement.GetProperty("ids").EnumerateArray().Select(i => new Acknowledged(i.GetString()!, null))];
    }

    private static async Task<int> StatusAsync(TestHub hub, HostileRequest request)
    {
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync(request.Head);
        var answer = await connection.ReadThroughAsync("\r\n");
        answer.ShouldMatch("^HTTP/1.1 [234]", request.ToString());
        return int.Parse(answer.AsSpan(9, 3));
    }

    // What was acknowledged, what the log has, and what two readers got of it, must be the same, one for one.
    private static async Task CompareAsync(TestHub hub, EventStream stream, RawConnection lines, List<Acknowledged> acknowledged)
    {
        var request = new SubscribeRequest { Matchers = MatcherSet.All, Grants = MatcherSet.All, Start = Cursor.Earliest };
        var at = 0;
        await foreach (var delivery in hub.Hub.SubscribeAsync(request))
        {
            if (delivery is not Delivery.Published { Logged: var logged }) break;
            var (id, sent) = acknowledged[at++];
            logged.Id.Value.ShouldBe(id);
            if (sent is not null) logged.Content.Data.Span.SequenceEqual(sent).ShouldBeTrue();

            var type = logged.Content.Type.IsNone ? "message" : logged.Content.Type.Value;
            var text = logged.Content.GetText();
            (await stream.NextAsync()).ShouldBe(new ReceivedEvent(type, text.Replace("\r\n", "\n").Replace('\r', '\n'), logged.Id.Value));

            var line = await lines.ReadThroughAsync("\n");
            using var json = JsonDocument.Parse(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line)));
            json.RootElement.GetProperty("id").GetString().ShouldBe(logged.Id.Value);
            json.RootElement.GetProperty("data").GetString().ShouldBe(text);
        }

        at.ShouldBe(acknowledged.Count);
    }

    // What a publisher was told; of a batch, without what it had sent.
    private sealed record Acknowledged(string Id, byte[]? Sent);
}
