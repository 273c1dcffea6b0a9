using System.Net;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>What requests' bodies may cost, one by one and together.</summary>
public sealed class BodyTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Ndjson = "application/x-ndjson";

    /// <summary>The doors that take a body, and how each is asked.</summary>
    public static TheoryData<string, string> Doors => new()
    {
        { "POST /events/a", "text/plain" }, { "POST /events?topic=a", "text/plain" }, { "POST /events", Ndjson }, { "POST /.well-known/mercure", Form },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_token_that_may_publish_nothing_is_refused_before_its_body(string request, string type)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        foreach (var token in new[] { Keyring.Publisher(), Keyring.LegacyPublisher() })
        {
            using var connection = await hub.ConnectAsync();
            // Nothing of the body is sent: a door that waits for it does not answer.
            await connection.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\nContent-Type: {type}\r\nContent-Length: 8000000\r\n\r\n");
            (await connection.ReadThroughAsync("\r\n\r\n")).ShouldMatch("^HTTP/1.1 40[13] ");
        }
    }

    [Theory]
    [InlineData("POST /events/a")]
    [InlineData("POST /events?topic=b&topic=a")]
    public async Task A_topic_in_the_path_or_the_query_that_is_not_granted_is_refused_before_the_body(string request)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {Keyring.Publisher("b")}\r\nContent-Length: 8000\r\n\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 403 ");
        (await connection.ReadThroughAsync(".")).ShouldEndWith("You may not publish to the topic 'a'.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Authorization: Bearer xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxx.xxxxxxxx\r\n")]
    [InlineData("Cookie: mercureAuthorization=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.xxxxxxxx.xxxxxxxx\r\n")]
    public async Task A_stranger_to_a_hub_with_keys_is_refused_before_the_body_of_a_query(string headers)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"QUERY /.well-known/mercure HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Type: {Form}\r\nContent-Length: 4000000\r\n\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 401 ");
    }

    [Theory]
    [InlineData("Authorization: Bearer {0}\r\n", "topic=a")]
    [InlineData("Cookie: mercureAuthorization={0}\r\n", "topic=a")]
    public async Task A_reader_whose_dialect_is_in_its_body_is_known_by_its_token(string header, string body)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var connection = await hub.ConnectAsync();
        var token = string.Format(header, Keyring.LegacySubscriber("a"));
        await connection.SendAsync($"QUERY /.well-known/mercure HTTP/1.1\r\nHost: localhost\r\n{token}Content-Type: {Form}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
        hub.Services.GetRequiredService<BodyReaders>().OfReaders.Budget.Held.ShouldBe(0, "a stream holds nothing of its request's body");
    }

    [Fact]
    public async Task Eighty_bodies_of_one_address_hold_no_more_than_it_may_and_give_it_back()
    {
        const int Sent = 1_000_000;
        await using var hub = await TestHub.StartAsync(o => (o.Limits.RequestBytes, o.Limits.BodyBytesPerAddress) = (2 << 20, 8 << 20));
        var budget = hub.Services.GetRequiredService<BodyReaders>().OfPublishers.Budget;
        var head = $"POST /events HTTP/1.1\r\nHost: localhost\r\nContent-Type: {Ndjson}\r\nContent-Length: {Sent + 1}\r\n\r\n";
        var piece = new string('x', Sent);
        var connections = new List<RawConnection>();
        for (var i = 0; i < 80; i++)
        {
            connections.Add(await hub.ConnectAsync());
            await connections[i].SendAsync(head);
        }

        var answers = connections.Select(async c =>
        {
            await c.SendAsync(piece);
            return await c.ReadThroughAsync("\r\n\r\n");
        }).ToList();
        // Those that are held wait for their last byte; all others are answered.
        var refused = new List<string>();
        while (refused.Count < 72)
        {
            var done = await Task.WhenAny(answers);
            answers.Remove(done);
            refused.Add(await done);
            budget.Held.ShouldBeLessThanOrEqualTo(8 << 20);
        }

        refused.ShouldAllBe(a => a.StartsWith("HTTP/1.1 429 ", StringComparison.Ordinal) && a.Contains("\r\nRetry-After: 1\r\n", StringComparison.Ordinal));
        foreach (var connection in connections) connection.Dispose();
        SpinWait.SpinUntil(() => budget.Held == 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        (await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Task.WhenAll(answers.Select(a => a.ContinueWith(static _ => { }, TaskScheduler.Default)));
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Beyond_the_process_s_own_share_a_publish_is_asked_to_come_back()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Limits.RequestBytes, o.Limits.EventBytes, o.Limits.BodyBytes) = (100_000, 100_000, 1));
        var budget = hub.Services.GetRequiredService<BodyReaders>().OfPublishers.Budget;
        budget.TryTake("192.0.2.1", 60_000).ShouldBeNull();

        var refused = await hub.Client.PostAsync("/events/a", new StringContent(new string('x', 50_000)));
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await refused.Content.ReadAsStringAsync()).ShouldStartWith("The hub holds as many bytes of requests' bodies as it may");
        refused.Headers.RetryAfter.ShouldNotBeNull();

        budget.Return("192.0.2.1", 60_000);
        (await hub.Client.PostAsync("/events/a", new StringContent(new string('x', 50_000)))).StatusCode.ShouldBe(HttpStatusCode.OK);
        budget.Held.ShouldBe(0);
    }

    [Fact]
    public async Task What_readers_send_is_not_what_publishers_wait_for()
    {
        await using var hub = await TestHub.StartAsync();
        var readers = hub.Services.GetRequiredService<BodyReaders>().OfReaders.Budget;
        while (readers.TryTake(null, 1 << 20) is null)
        {
        }

        using var query = new HttpRequestMessage(new HttpMethod("QUERY"), "/.well-known/mercure") { Content = new FormUrlEncodedContent([new("match", "a")]) };
        (await hub.Client.SendAsync(query)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await hub.Client.PostAsync("/events/a", new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_that_drips_is_given_up_after_its_time_however_fast_it_began(string request, string type)
    {
        var time = new ManualTimeProvider();
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Services = s => s.AddSingleton<TimeProvider>(time) });
        var budget = hub.Services.GetRequiredService<BodyReaders>().OfPublishers.Budget;
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: 900000\r\n\r\n" + new string('x', 800_000));
        SpinWait.SpinUntil(() => budget.Held >= 800_000, TimeSpan.FromSeconds(30)).ShouldBeTrue();

        time.Advance(TimeSpan.FromMinutes(1));

        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 408 ");
        (await connection.ReadThroughAsync(".")).ShouldEndWith("The body has not come within 60 seconds: send it faster, or less at once.");
        SpinWait.SpinUntil(() => budget.Held == 0, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(70_000)]
    [InlineData(1_048_576)]
    public async Task A_body_that_comes_in_pieces_is_the_same_at_its_end(int length)
    {
        await using var hub = await TestHub.StartAsync();
        using var stream = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var connection = await hub.ConnectAsync();
        var data = string.Create(length, length, static (text, _) =>
        {
            for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + (i % 26));
        });
        await connection.SendAsync("POST /events/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var piece in data.Chunk(Math.Max(1, length / 3))) await connection.SendAsync($"{piece.Length:x}\r\n{new string(piece)}\r\n");
        await connection.SendAsync("0\r\n\r\n");
        (await connection.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
        (await stream.NextAsync()).Data.ShouldBe(data);
    }
}
