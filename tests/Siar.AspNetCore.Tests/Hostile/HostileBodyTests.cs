using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Siar.Hub;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Hostile;

/// <summary>Invariant 5 for what a body does on the wire: chunks, lengths and ends that are wrong in every way, on every door that takes one, and on those that take none.</summary>
public sealed partial class HostileBodyTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Ndjson = "application/x-ndjson";

    private static readonly Gen<string> Door = Gen.Elements(
        $"POST /events/a HTTP/1.1\r\n", $"POST /events?topic=b&id=x HTTP/1.1\r\n", $"POST /events HTTP/1.1\r\nContent-Type: {Ndjson}\r\n",
        $"POST /.well-known/mercure HTTP/1.1\r\nContent-Type: {Form}\r\n", $"QUERY /.well-known/mercure HTTP/1.1\r\nAccept: application/json\r\nContent-Type: {Form}\r\n",
        "GET /events/a HTTP/1.1\r\nAccept: application/json\r\n", "GET /health/ready HTTP/1.1\r\n", "GET /metrics HTTP/1.1\r\n", "GET /.well-known/mercure/subscriptions HTTP/1.1\r\n",
        "OPTIONS /events HTTP/1.1\r\n", "DELETE /events/a HTTP/1.1\r\n", "GET /openapi.json HTTP/1.1\r\n", "POST /live/token HTTP/1.1\r\n", "GET /mapped HTTP/1.1\r\nAccept: application/json\r\n");

    private static readonly Gen<string> Framing = Gen.Frequency(
        (6, Gen.Constant("Transfer-Encoding: chunked\r\n")),
        (2, Gen.Elements("Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: Chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding: chunked, chunked\r\n", "Transfer-Encoding:\r\n")),
        (3, Gen.Elements(0L, 1L, 5L, 40L, 8_388_608L, 8_388_609L, long.MaxValue).Select(n => $"Content-Length: {n}\r\n")),
        (2, Gen.Elements("Content-Length: -1\r\n", "Content-Length: +5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
        (1, Gen.Constant("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")));

    private static readonly Gen<string> Piece = Gen.Elements(
        "5\r\nhello\r\n", "0\r\n\r\n", "0\r\n", "FFFFFFFFFFFFFFFF\r\n", "7FFFFFFFFFFFFFFF\r\n", "80000000\r\n", "ffffffff\r\n", "-1\r\n", "+5\r\nhello\r\n", "5 \r\nhello\r\n", " 5\r\nhello\r\n",
        "5;x=\"y\"\r\nhello\r\n", "5;\r\nhello\r\n", "5\nhello\n", "5\r\nhelloworld\r\n", "000000000000000000005\r\nhello\r\n", "g\r\n", "\r\n", "\n", "\0", "0\r\nX-Trailer: y\r\n\r\n",
        "0\r\nContent-Length: 9\r\n\r\n", "topic=a&data=x", "{\"topics\":[\"a\"]}\n", "hello", "é", "a8\r\n", "GET / HTTP/1.1\r\n\r\n", "1c\r\n{\"topics\":[\"a\"],\"data\":\"x\"}\r\n");

    /// <summary>No line of it is a chunk, a header field or a request, and it is longer than any small length that is announced.</summary>
    private static readonly string Garbage = string.Concat(Enumerable.Repeat("\r\nzz\r\n", 20));

    private static readonly Gen<string> Requests =
        from door in Door
        from framing in Framing
        from pieces in Gen.ListOf(Piece)
        select $"{door}Host: localhost\r\n{framing}\r\n{string.Concat(pieces.Take(6))}";

    public static TheoryData<string, string> Doors => new()
    {
        { "POST /events/a", "text/plain" }, { "POST /events", Ndjson }, { "POST /.well-known/mercure", Form }, { "QUERY /.well-known/mercure", Form },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_chunk_size_of_more_digits_than_a_number_has_is_a_bad_request(string request, string type)
    {
        await using var hub = await TestHub.StartAsync();
        using var connection = await hub.ConnectAsync();
        await connection.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n");

        var answer = await connection.ReadUntilAsync("\r\n\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        (await connection.ReadUntilAsync("malformed.")).ShouldContain("The body could not be read: it is malformed.");
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_body_whose_peer_goes_away_leaves_no_word_in_the_log(string request, string type)
    {
        await using var hub = await TestHub.StartAsync();
        foreach (var isReset in new[] { false, true })
        {
            using var connection = await hub.ConnectAsync();
            if (isReset) connection.Socket.LingerState = new System.Net.Sockets.LingerOption(true, 0);
            await connection.SendAsync($"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\nContent-Length: 100\r\n\r\nhello");
        }

        await hub.Hub.PublishAsync("a", "still here");
        await hub.StopAsync(TestContext.Current.CancellationToken);
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_body_on_the_wire_makes_a_fault(bool hasKeys)
    {
        await using var hub = await TestHub.StartAsync((hasKeys ? Keyring.Open() : new TestHubSetup()) with { Endpoints = app => app.MapEvents("/mapped", "a") });
        var token = hasKeys ? $"Authorization: Bearer {Keyring.Publisher("*")}\r\n" : "";
        var requests = new List<string>();
        Generated.Check(Requests, requests.Add, 750);
        foreach (var request in requests)
        {
            using var connection = await hub.ConnectAsync();
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 2;
            await connection.SendAsync(request[..end] + token + request[end..] + Garbage);
            // Of these the server waits for the rest, and the end of it is the next thing that it gets. After any other, the garbage ends the body or the connection.
            if (request.Contains("Content-Length: 8388608\r\n", StringComparison.Ordinal)) connection.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            else (await connection.ReadUntilAsync(" ")).ShouldStartWith("HTTP/1.1 ", Case.Sensitive, request);

            string answer;
            try
            {
                if (connection.Socket.Connected) connection.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                answer = await connection.ReadToEndAsync();
            }
            catch (System.Net.Sockets.SocketException)
            {
                // Reset, since what was sent after the answer is read by nobody.
                answer = connection.Received;
            }

            foreach (var status in Status().Matches(answer).Select(m => m.Groups["status"].Value))
            {
                if (status is not ("501" or "505")) status.ShouldMatch("^[1234]", $"{request}\n{answer}");
            }
        }

        hub.Log.Errors.ShouldBeEmpty();
        hub.Services.GetRequiredService<BodyReaders>().OfPublishers.Budget.Held.ShouldBe(0);
        hub.Services.GetRequiredService<BodyReaders>().OfReaders.Budget.Held.ShouldBe(0);
    }

    [GeneratedRegex(@"HTTP/1\.1 (?<status>\d{3}) ", RegexOptions.ExplicitCapture)]
    private static partial Regex Status();
}
