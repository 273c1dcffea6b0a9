using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Siar.AspNetCore.Tests.Hosting;

/// <summary>As many topics as a request may name also fit into its address, with keys or without.</summary>
public sealed class RequestLineTests
{
    [Theory]
    [InlineData(HttpProtocols.Http1, "1.1")]
    [InlineData(HttpProtocols.Http2, "2.0")]
    public async Task A_thousand_topics_fit_without_tokens(HttpProtocols protocols, string version)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Protocols = protocols });
        var topics = Enumerable.Range(0, 1_000).Select(i => $"topic={i:D4}{new string('t', 50)}");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/events?{string.Join('&', topics)}")
        {
            Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "Accept", "application/json" } },
        };

        using var answer = await hub.Client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_an_application_has_made_larger_stays_so()
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup { Server = k => (k.Limits.MaxRequestLineSize, k.Limits.MaxRequestBufferSize) = (200_000, 300_000) });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/events/a?x={new string('x', 150_000)}") { Headers = { { "Accept", "application/json" } } };

        using var answer = await hub.Client.SendAsync(request, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
