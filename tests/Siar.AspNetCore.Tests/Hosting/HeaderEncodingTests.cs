using System.Text;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Siar.TestKit;

namespace Siar.AspNetCore.Tests.Hosting;

/// <summary>A byte that is not UTF-8 in whatever header field ends no stream.</summary>
public sealed class HeaderEncodingTests
{
    [Theory]
    [InlineData("Cookie: n=caf\u00e9")]
    [InlineData("Referer: http://localhost/caf\u00e9")]
    [InlineData("User-Agent: caf\u00e9")]
    [InlineData("X-Remote-Name: Ren\u00e9")]
    [InlineData("Accept: text/event-stream, caf\u00e9")]
    public async Task A_reader_with_a_byte_of_Latin_1_is_served(string header)
    {
        await using var hub = await TestHub.StartAsync();
        using var reader = await hub.SubscribeAsync("/events/a", header + "\r\n");

        (await reader.ReadThroughAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("\u00e9", "é")]
    [InlineData("\u00c3\u00a9", "é")]
    [InlineData("caf\u00e9 \u00c3\u00a9", "café Ã©")]
    public async Task An_id_is_UTF_8_where_its_bytes_are_and_else_Latin_1(string sent, string id)
    {
        await using var hub = await TestHub.StartAsync();
        await hub.Client.PostAsync($"/events/a?id={Uri.EscapeDataString(id)}", new StringContent("first"));
        await hub.Client.PostAsync("/events/a", new StringContent("second"));

        foreach (var path in new[] { "/events/a", "/.well-known/mercure?topic=a" })
        {
            using var reader = await hub.SubscribeAsync(path, $"Last-Event-ID: {sent}\r\n");
            var received = await reader.ReadThroughAsync("data: second");
            received.ShouldNotContain("data: first");
            received.ShouldNotContain("siar.gap");
            if (path[1] == '.') received.ShouldContain($"Last-Event-ID: {MercureHeaders.Encode(id)}\r\n");
        }
    }

    [Theory]
    [InlineData("Cookie: mercureAuthorization=caf\u00e9", 401)]
    [InlineData("Authorization: Bearer caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9caf\u00e9", 401)]
    [InlineData("Authorization: caf\u00e9", 401)]
    [InlineData("Host: localhost\u00e9", 400)]
    [InlineData("X: a\0b", 400)]
    [InlineData("X: a\u00e9\0b", 400)]
    [InlineData("X\u00e9: a", 400)]
    [InlineData("Transfer-Encoding: chunked\u00e9", 400)]
    public async Task Nothing_is_let_in_that_was_not(string header, int status)
    {
        await using var hub = await TestHub.StartAsync(Keyring.Setup());
        using var connection = await hub.ConnectAsync();
        var host = header.StartsWith("Host", StringComparison.Ordinal) ? "" : "Host: localhost\r\n";
        await connection.SendAsync($"GET /events/a HTTP/1.1\r\n{host}{header}\r\n\r\n");

        (await connection.ReadThroughAsync("\r\n")).ShouldStartWith($"HTTP/1.1 {status} ");
        hub.Log.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Over_HTTP_2_as_well()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = HttpProtocols.Http2 });
        using var http = new HttpClient(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 });
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(hub.Address, "/events/a"))
        {
            Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "X-Name", "Ren\u00e9" }, { "Cookie", "n=caf\u00e9" } },
        };

        ((int)(await http.SendAsync(request)).StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task An_application_that_has_chosen_keeps_its_choice()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Server = k => k.RequestHeaderEncodingSelector = _ => null });
        using var reader = await hub.SubscribeAsync("/events/a", "Cookie: n=caf\u00e9\r\n");

        (await reader.ReadThroughAsync("\r\n")).ShouldStartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public void Bytes_of_any_kind_are_read_as_UTF_8_or_as_Latin_1() => Generated.Check(Gen.Choose(1, 255).Select(b => (byte)b).ListOf(), list =>
    {
        byte[] bytes = [.. list];
        var expected = System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);

        HeaderEncoding.Instance.GetString(bytes).ShouldBe(expected);
        HeaderEncoding.Instance.GetString(bytes.AsSpan()).ShouldBe(expected);
    });
}
