using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Siar.Hub;

namespace Siar.AspNetCore.Tests.Events;

public sealed class PublishTests
{
    [Fact]
    public async Task The_answer_is_the_id_that_readers_see()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        using var answer = await hub.Client.PostAsync("/events/a", new StringContent("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json");
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", "x", json.RootElement.GetProperty("id").GetString()!));
    }

    [Theory]
    [InlineData("data=hello+world", "application/x-www-form-urlencoded", true)]
    [InlineData("topic=a&data=x", "application/x-www-form-urlencoded; charset=utf-8", true)]
    [InlineData("hello", "application/x-www-form-urlencoded", false)]
    [InlineData("data=hello", "text/plain", false)]
    public async Task A_form_is_published_as_it_is_with_a_hint_that_it_looks_like_one(string body, string type, bool isHinted)
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        using var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using var answer = await hub.Client.PostAsync("/events/a", content);

        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", body, json.RootElement.GetProperty("id").GetString()!));
        var hint = json.RootElement.TryGetProperty("hint", out var told) ? told.GetString() : null;
        if (isHinted) hint.ShouldNotBeNull().ShouldContain("Did you mean to send the fields of a form to /.well-known/mercure");
        else hint.ShouldBeNull();
    }

    [Fact]
    public async Task Everything_but_the_data_stands_in_the_query()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/b");

        await hub.Client.PostAsync("/events/a?topic=b&type=t&id=i&retry=7&key=k&private", new StringContent("x"));

        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("t", "x", "i"));
        reader.Retries.ShouldBe([2_000, 7]);
        await foreach (var delivery in hub.Hub.SubscribeAsync(Everything(), TestContext.Current.CancellationToken))
        {
            var content = ((Delivery.Published)delivery).Logged.Content;
            content.Topics.Select(t => t.Value).ShouldBe(["a", "b"]);
            content.Key.ShouldBe("k");
            content.IsPrivate.ShouldBeTrue();
            return;
        }
    }

    [Theory]
    [InlineData("application/json", "{\"a\":\r\n1}")]
    [InlineData("text/xml; charset=\"UTF-8\"", "<a>é</a>")]
    [InlineData("application/octet-stream", "\0\u0001")]
    [InlineData(null, "no type")]
    public async Task The_body_is_the_data_whatever_text_it_is(string? type, string text)
    {
        await using var hub = await TestHub.StartAsync();
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        if (type is not null) body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        (await hub.Client.PostAsync("/events/a", body)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await foreach (var delivery in hub.Hub.SubscribeAsync(Everything(), TestContext.Current.CancellationToken))
        {
            ((Delivery.Published)delivery).Logged.Content.GetText().ShouldBe(text);
            return;
        }
    }

    [Theory]
    [InlineData("?type=siar.live", "siar.")]
    [InlineData("?type=mercure", "mercure")]
    [InlineData("?type=a%0Adata:%20forged", "line feed")]
    [InlineData("?type=", "empty")]
    [InlineData("?id=%23abcdefgh.1", "#")]
    [InlineData("?id=earliest", "earliest")]
    [InlineData("?id=a%00", "NUL")]
    [InlineData("?id=a%E2%80%AEb", "U+202E")]
    [InlineData("?id=a&id=b", "more than once")]
    [InlineData("?retry=-1", "retry")]
    [InlineData("?retry=99999999999", "retry")]
    [InlineData("?retry=1e3", "retry")]
    [InlineData("?private=perhaps", "private")]
    [InlineData("?topic=*", "*")]
    [InlineData("?topic=", "empty")]
    [InlineData("?topic=%2F.well-known%2Fmercure%2Fsubscriptions%2Fx", "hub itself")]
    [InlineData("?key=a%0Ab", "key")]
    public async Task What_no_publisher_may_send_is_refused_with_a_sentence(string query, string sentence)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.PostAsync("/events/a" + query, new StringContent("x"));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(sentence);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await hub.Client.PostAsync("/events/a", new ByteArrayContent([0xC3, 0x28]));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("UTF-8");
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", null)]
    [InlineData("text/plain", "gzip")]
    public async Task Text_in_another_form_is_refused_rather_than_garbled(string type, string? encoding)
    {
        await using var hub = await TestHub.StartAsync();
        using var body = new StringContent("x");
        body.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null) body.Headers.ContentEncoding.Add(encoding);

        (await hub.Client.PostAsync("/events/a", body)).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task A_body_has_a_limit_whether_or_not_it_says_its_length()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.EventBytes = 1_000);
        using var said = new ByteArrayContent(new byte[1_001]);
        using var chunked = new StreamContent(new MemoryStream(new byte[100_000]));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/events/a") { Content = chunked, Headers = { TransferEncodingChunked = true } };

        (await hub.Client.PostAsync("/events/a", said)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await hub.Client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await hub.Client.PostAsync("/events/a", new ByteArrayContent(new byte[1_000]))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("?id=12345678901")]
    [InlineData("?type=12345678901")]
    [InlineData("?topic=12345678901")]
    [InlineData("?topic=b&topic=c")]
    public async Task Fields_have_limits(string query)
    {
        await using var hub = await TestHub.StartAsync(o =>
            (o.Limits.IdBytes, o.Limits.TypeBytes, o.Limits.TopicBytes, o.Limits.TopicsPerRequest) = (10, 10, 10, 2));

        (await hub.Client.PostAsync("/events/a" + query, new StringContent("x"))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Whoever_publishes_too_fast_is_told_when_to_go_on()
    {
        await using var hub = await TestHub.StartAsync(o => o.Limits.PublishesPerAddress = 1);
        (await hub.Client.PostAsync("/events/a", new StringContent("1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await hub.Client.PostAsync("/events/a", new StringContent("2"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var answer = await hub.Client.PostAsync("/events/a", new StringContent("3"));

        answer.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        answer.Headers.RetryAfter!.Delta!.Value.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_malformed_body_is_the_callers_fault()
    {
        await using var hub = await TestHub.StartAsync();
        using var connection = await hub.ConnectAsync();

        await connection.SendAsync("POST /events/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n");

        (await connection.ReadThroughAsync("\r\n")).ShouldBe("HTTP/1.1 400 Bad Request\r\n");
        hub.Log.Errors.ShouldBeEmpty();
    }

    private static SubscribeRequest Everything() =>
        new() { Matchers = Siar.Topics.MatcherSet.All, Grants = Siar.Topics.MatcherSet.All, Start = Cursor.Earliest };
}
