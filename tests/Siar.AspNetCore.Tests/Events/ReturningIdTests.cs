using System.Text;
using System.Text.Json;
using FsCheck.Fluent;
using Siar.AspNetCore.Tests.Mercure;
using Siar.Hub;
using Siar.TestKit;
using Siar.Topics;
using EventId = Siar.Wire.EventId;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>A reader sends an event's id back in a header field: every id that a door takes arrives as it left.</summary>
public sealed class ReturningIdTests
{
    private static readonly string[] Lost = [" ", "\t", " x", "x ", " x ", "\tx", "x\t", "a\u0001b", "a\u007fb"];

    private static readonly string[] Kept = ["x", "a b", "\u00a0", "\u3000", "x\u00a0", "é", "😀", "\"", ",", "a\\b"];

    [Fact]
    public async Task An_id_that_could_not_come_back_is_refused_at_every_door()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o => o.Limits.PublishesPerAddress = 1_000_000));
        foreach (var id in Lost)
        {
            foreach (var answer in await PublishAtEveryDoorAsync(hub, id))
            {
                ((int)answer.StatusCode).ShouldBe(400, id);
                (await answer.Content.ReadAsStringAsync()).ShouldMatch("begins or ends with a blank|holds the control character");
            }

            Should.Throw<ArgumentException>(() => new Event(Topic.Parse("a"), "x") { Id = EventId.Parse(id) }).Message.ShouldMatch("blank|control character");
        }

        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task Every_other_id_is_taken_at_every_door()
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup(options: o => o.Limits.PublishesPerAddress = 1_000_000));
        foreach (var id in Kept)
        {
            foreach (var answer in await PublishAtEveryDoorAsync(hub, id)) ((int)answer.StatusCode).ShouldBe(200, id);
        }
    }

    [Fact]
    public async Task Every_id_that_is_taken_comes_back_through_the_header_as_it_was()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Endpoints = a => a.MapGet("/echo", c => c.Response.WriteAsJsonAsync(c.Request.Headers["Last-Event-ID"].ToString())) });
        using var connection = await hub.ConnectAsync();
        var pieces = Gen.Elements(" ", "\t", "a", "é", "😀", "\u00a0", "\u3000", "\u0085", "\u0001", "\u007f", "\ufeff", "\u200b", "\"", ",", ":", "%20", "\u0000", "\r");
        var taken = new HashSet<string>();
        Generated.Check(pieces.NonEmptyListOf().Select(string.Concat), text =>
        {
            if (EventId.TryCreate(text, out var id, out _) && EventRules.CheckId(id) is null) taken.Add(text);
        });
        taken.Count.ShouldBeGreaterThan(50);

        foreach (var text in taken)
        {
            await connection.SendAsync($"GET /echo HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: {Encoding.Latin1.GetString(AsFetchSends(text))}\r\n\r\n");
            await connection.ReadThroughAsync("\r\n\r\n");
            var body = (await connection.ReadThroughAsync("\r\n0\r\n\r\n")).Split("\r\n")[1];
            JsonSerializer.Deserialize<string>(Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body))).ShouldBe(text);
        }
    }

    [Fact]
    public async Task An_id_that_a_log_has_from_before_goes_on_resuming()
    {
        await using var hub = await TestHub.StartAsync();
        var old = Event.Restore([Topic.Parse("a")], "old"u8.ToArray(), EventId.Parse(" x "), default, null, isPrivate: false, key: null);
        await hub.Hub.PublishAsync(old);
        await hub.Hub.PublishAsync("a", "next");

        using var reader = await EventStream.OpenAsync(hub.Client, "/events/a?lastEventId=%20x%20");

        (await reader.NextAsync()).Data.ShouldBe("next");
    }

    // Fetch, 5.1 (append): a header's value is normalised, which takes HTTP whitespace bytes from its ends.
    private static byte[] AsFetchSends(string id) => Encoding.UTF8.GetBytes(id).AsSpan().Trim("\t\n\r "u8).ToArray();

    private static async Task<List<HttpResponseMessage>> PublishAtEveryDoorAsync(TestHub hub, string id)
    {
        var encoded = Uri.EscapeDataString(id);
        var line = JsonSerializer.Serialize(new { topics = new[] { "a" }, data = "x", id });
        return
        [
            await PostAsync(hub, $"/events/a?id={encoded}", new StringContent("x")),
            await PostAsync(hub, $"/events/a?id={encoded}&unique", new StringContent("x")),
            await PostAsync(hub, "/events", new StringContent(line, Encoding.UTF8, "application/x-ndjson")),
            await hub.PublishAsync($"topic=a&id={encoded}", Keyring.Publisher("*")),
            await hub.PublishAsync($"topic=a&id={encoded}", Keyring.LegacyPublisher("*")),
        ];
    }

    private static async Task<HttpResponseMessage> PostAsync(TestHub hub, string path, HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body, Headers = { { "Authorization", $"Bearer {Keyring.Publisher("*")}" } } };
        return await hub.Client.SendAsync(request);
    }
}
