using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Siar.AspNetCore.Tests.Events;

public sealed class BatchTests
{
    [Theory]
    [InlineData("\ufeff", 200)]
    [InlineData("\ufeff\ufeff", 400)]
    [InlineData("\n\ufeff", 400)]
    public async Task One_byte_order_mark_at_the_very_start_is_dropped(string start, int status)
    {
        await using var hub = await TestHub.StartAsync();
        using var body = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(start + "{\"topics\":[\"a\"],\"data\":\"\ufeffx\"}\n"));
        body.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");

        ((int)(await hub.Client.PostAsync("/events", body)).StatusCode).ShouldBe(status);
    }

    [Fact]
    public async Task A_batch_is_appended_in_order_and_answered_with_its_ids()
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");

        using var answer = await PostAsync(hub, """
            {"topics":["a"],"data":"one\r\ntwo","id":"i"}

            {"topics":["b","a"],"data":"\u00e9\ud83d\ude42","type":"t","retry":9,"private":true,"key":"k"}
            {"topics":["a"]}
            """);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        var ids = json.RootElement.GetProperty("ids").EnumerateArray().Select(i => i.GetString()!).ToList();
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", "one\ntwo", ids[0]));
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("t", "é🙂", ids[1]));
        (await reader.NextAsync()).ShouldBe(new ReceivedEvent("message", "", ids[2]));
        ids[0].ShouldBe("i");
    }

    [Theory]
    [InlineData("""{"topics":["a"],"data":1}""", "Line 2: The member 'data' is not a string.")]
    [InlineData("""{"topics":"a"}""", "Line 2: The member 'topics' is not an array of strings.")]
    [InlineData("""{"topics":["a",1]}""", "Line 2: The member 'topics' is not an array of strings.")]
    [InlineData("""{"topics":[]}""", "Line 2: The event has no topic: give at least one.")]
    [InlineData("""{"data":"x"}""", "Line 2: The event has no topic: give at least one.")]
    [InlineData("""{"topics":["a"],"privat":true}""", "Line 2: The member 'privat' is not known")]
    [InlineData("""{"topics":["a"],"private":true,"private":false}""", "Line 2: The member 'private' stands more than once.")]
    [InlineData("""{"topics":["a"],"private":"on"}""", "Line 2: The member 'private' is neither true nor false.")]
    [InlineData("""{"topics":["a"],"retry":-1}""", "Line 2: The member 'retry' is not a number")]
    [InlineData("""{"topics":["a"],"retry":1.5}""", "Line 2: The member 'retry' is not a number")]
    [InlineData("""{"topics":["a"],"id":"#x"}""", "Line 2: The id begins with '#'")]
    [InlineData("""{"topics":["a"],"type":"siar.live"}""", "Line 2: The type 'siar.live' begins with")]
    [InlineData("""{"topics":["a"],"type":"a\nb"}""", "Line 2: The type holds a line feed")]
    [InlineData("""{"topics":["\ud800"]}""", "Line 2: A text holds a lone surrogate")]
    [InlineData("""{"topics":["a"],"data":"\udfff"}""", "Line 2: A text holds a lone surrogate")]
    [InlineData("""{"topics":["a"]""", "Line 2: This is not JSON")]
    [InlineData("""{"topics":["a"]} {}""", "Line 2: This is not JSON")]
    [InlineData("""["a"]""", "Line 2: This is not a JSON object.")]
    [InlineData("null", "Line 2: This is not a JSON object.")]
    [InlineData("x", "Line 2: This is not JSON")]
    public async Task One_bad_line_keeps_the_whole_batch_out_and_is_named(string line, string sentence)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await PostAsync(hub, $$"""{"topics":["a"],"data":"good"}{{"\n"}}{{line}}""");

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith(sentence);
        hub.Core.Log.Head.ShouldBe(0);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused_with_their_line()
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await PostAsync(hub, [.. "{\"topics\":[\"a\"],\"data\":\""u8, 0xFF, .. "\"}"u8]);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("Line 1: This is not valid UTF-8.\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\r\n \n")]
    public async Task A_batch_without_an_event_is_refused(string body)
    {
        await using var hub = await TestHub.StartAsync();

        (await PostAsync(hub, body)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_batch_has_limits()
    {
        await using var hub = await TestHub.StartAsync(o => (o.Limits.BatchEvents, o.Limits.EventBytes, o.Limits.RequestBytes) = (2, 10, 200));
        const string Line = """{"topics":["a"]}""";

        (await PostAsync(hub, $"{Line}\n{Line}\n{Line}")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(hub, """{"topics":["a"],"data":"12345678901"}""")).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(hub, new string('\n', 201))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await PostAsync(hub, $"{Line}\n{Line}\n")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Lines_of_JSON_on_a_topic_are_one_event_and_anything_else_without_one_is_refused()
    {
        await using var hub = await TestHub.StartAsync();
        using var body = new StringContent("{}\n{}", MediaTypeHeaderValue.Parse("application/x-ndjson"));

        (await hub.Client.PostAsync("/events/a", body)).StatusCode.ShouldBe(HttpStatusCode.OK);
        hub.Core.Log.Head.ShouldBe(1);

        using var answer = await hub.Client.PostAsync("/events", new StringContent("x"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("application/x-ndjson");
    }

    private static Task<HttpResponseMessage> PostAsync(TestHub hub, string body) => PostAsync(hub, Encoding.UTF8.GetBytes(body));

    private static async Task<HttpResponseMessage> PostAsync(TestHub hub, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-ndjson; charset=utf-8");
        return await hub.Client.PostAsync("/events", content);
    }
}
