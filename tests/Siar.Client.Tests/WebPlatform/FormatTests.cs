using System.Text;

namespace Siar.Client.Tests;

/// <summary>What the web-platform tests in <c>eventsource/</c> assert about the format. Each test is named for its file.</summary>
public sealed class FormatTests
{
    [Fact]
    public Task Event_data() => Brings("data:msg\ndata:msg\n\n:\nfalsefield:msg\n\nfalsefield:msg\nData:data\n\ndata\n\ndata:end\n\n", "msg\nmsg", "", "end");

    [Fact]
    public Task Format_bom() => Brings("\uFEFFdata:1\n\n\uFEFFdata:2\n\ndata:3\n\n", "1", "3");

    [Fact]
    public Task Format_bom_2() => Brings("\uFEFF\uFEFFdata:1\n\ndata:2\n\ndata:3\n\n", "2", "3");

    [Fact]
    public Task Format_comments()
    {
        var long2 = new string('x', 2 << 10);
        return Brings($"data:1\r:\0\n:\r\ndata:2\n:{long2}\rdata:3\n:data:fail\r:{long2}\ndata:4\n\n", "1\n2\n3\n4");
    }

    [Fact]
    public async Task Format_data_before_final_empty_line()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry:1000\ndata:test1\n\nid:test\ndata:test2");

        await (await stream.ReconnectAsync()).AnswerAsync("data:test1\n\n");

        (await stream.NextAsync()).LastEventId.ShouldBe("");
        var second = await stream.NextAsync();
        second.Data.ShouldBe("test1");
        second.LastEventId.ShouldBe("");
    }

    [Fact]
    public Task Format_field_data() => Brings("data:\n\ndata\ndata\n\ndata:test\n\n", "", "\n", "test");

    [Theory]
    [InlineData("event:test\ndata:x\n\n", "test")]
    [InlineData("event: \ndata:x\n\n", "message")]
    [InlineData("event:\ndata:x\n\n", "message")]
    [InlineData("event:first\nevent:second\ndata:x\n\n", "second")]
    [InlineData("event:lost\n\ndata:x\n\n", "message")]
    public async Task Format_field_event(string text, string type)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(text);

        (await stream.NextAsync()).Type.ShouldBe(type);
    }

    [Fact]
    public async Task Format_field_id_and_id_2()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("id: …\nretry:200\ndata:hello\n\n");
        await stream.ShouldBringAsync("hello");

        for (var connection = 0; connection < 2; connection++)
        {
            var request = await stream.ReconnectAsync();
            request.Header("Last-Event-ID").ShouldBe("…");
            await request.AnswerAsync("data:again\n\n");
            (await stream.NextAsync()).LastEventId.ShouldBe("…");
        }
    }

    [Theory]
    [InlineData("id: 1\ndata: a\n\ndata: b\n\n", "1")]
    [InlineData("id: 1\ndata: a\n\nid:\ndata: b\n\n", "")]
    [InlineData("id: 1\ndata: a\n\nid\ndata: b\n\n", "")]
    public async Task Format_field_id_3(string text, string id)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(text);

        (await stream.NextAsync()).LastEventId.ShouldBe("1");
        (await stream.NextAsync()).LastEventId.ShouldBe(id);
        (await stream.ReconnectAsync()).Header("Last-Event-ID").ShouldBe(id.Length > 0 ? id : null);
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\0\0")]
    [InlineData("a\0")]
    [InlineData("\0a")]
    [InlineData("a\0b")]
    public async Task Format_field_id_null(string id)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync($"id: {id}\nretry: 200\ndata: hello\n\n");

        (await stream.NextAsync()).LastEventId.ShouldBe("");
        (await stream.ReconnectAsync()).Header("Last-Event-ID").ShouldBeNull();
    }

    [Fact]
    public Task Format_field_parsing() => Brings("data:\0\ndata:  2\rData:1\ndata\0:2\ndata:1\r\0data:4\nda-ta:3\rdata_5\ndata:3\rdata:\r\n data:32\ndata:4\n\n", "\0\n 2\n1\n3\n\n4");

    [Fact]
    public Task Format_field_unknown() => Brings("data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacommentyay\ndata:test\n\n", "test\n\ntest");

    [Fact]
    public Task Format_leading_space() => Brings("data:\ttest\rdata: \ndata:test\n\n", "\ttest\n\ntest");

    [Fact]
    public Task Format_newlines() => Brings("data:test\r\ndata\ndata:test\r\n\r", "test\n\ntest");

    [Fact]
    public Task Format_null_character() => Brings("data:\0\n\n\n\n", "\0");

    [Fact]
    public async Task Format_utf_8()
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync(contentType: "text/event-stream;charset=windows-1252");
        await request.SendAsync(Encoding.UTF8.GetBytes("data:ok…\n\n"));

        await stream.ShouldBringAsync("ok…");
    }

    private static async Task Brings(string text, params string[] data)
    {
        await using var stream = new StreamUnderTest();
        var request = await stream.OpenAsync();
        await request.StartAsync();
        await request.SendAsync(text);
        await stream.ShouldBringAsync(data);
    }
}
