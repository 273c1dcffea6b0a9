using System.Text;

namespace Siar.Tool.Tests;

/// <summary>What the instrument reads of HTTP/1.1, however its bytes are cut.</summary>
public sealed class HttpFramingTests
{
    public static TheoryData<string, string> Streams => new()
    {
        { "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n00c;x=1\r\n, two lines\n\r\n0\r\n\r\n", "hello, two lines\n" },
        { "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\nA\r\n0123456789\r\n", "0123456789" },
        { "HTTP/1.1 200 OK\r\nServer: chunked up\r\n\r\ndata: x\n\n", "data: x\n\n" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_is_its_body(string response, string body)
    {
        for (var piece = 1; piece <= response.Length; piece++)
        {
            var decoder = new HttpBodyDecoder();
            var taken = new StringBuilder();
            foreach (var bytes in Encoding.ASCII.GetBytes(response).Chunk(piece))
            {
                ReadOnlySpan<byte> rest = bytes;
                while (decoder.TryTake(ref rest, out var part)) taken.Append(Encoding.ASCII.GetString(part));
            }

            taken.ToString().ShouldBe(body);
            decoder.Status.ShouldBe(200);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", false)]
    [InlineData("HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\nConnection: close\r\n\r\n", 202, "", true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, "", false)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "2\r\nok\r\n0\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", true)]
    public void An_answer_ends_where_it_says(string text, int status, string body, bool isLast)
    {
        for (var piece = 1; piece <= text.Length; piece++)
        {
            var answer = new HttpAnswer();
            foreach (var bytes in Encoding.ASCII.GetBytes(text).Chunk(piece))
            {
                answer.IsComplete.ShouldBeFalse();
                answer.Take(bytes);
            }

            answer.IsComplete.ShouldBeTrue();
            (answer.Status, answer.Text, answer.IsLast).ShouldBe((status, body, isLast));
        }
    }

    [Fact]
    public void An_answer_without_a_length_ends_with_its_connection()
    {
        var answer = new HttpAnswer();
        answer.Take("HTTP/1.1 200 OK\r\n\r\nsome"u8);

        (answer.IsComplete, answer.EndsWithConnection, answer.IsLast).ShouldBe((false, true, true));
    }
}
