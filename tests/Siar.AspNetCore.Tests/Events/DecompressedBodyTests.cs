using System.IO.Compression;
using System.Net;
using System.Text;

namespace Siar.AspNetCore.Tests.Events;

/// <summary>Middleware may give a body of another length than was announced.</summary>
public sealed class DecompressedBodyTests
{
    [Theory]
    [InlineData(2_000)]
    [InlineData(200_000)]
    public async Task A_body_that_middleware_has_decompressed_is_taken_whole(int length)
    {
        await using var hub = await TestHub.StartAsync(new TestHubSetup
        {
            Services = services => services.AddRequestDecompression(),
            Pipeline = app => app.UseRequestDecompression(),
        });
        using var reader = await EventStream.OpenLiveAsync(hub.Client, "/events/a");
        var text = string.Concat(Enumerable.Range(0, length / 10).Select(i => $"{i,10}"));
        using var content = new ByteArrayContent(Compress(text)) { Headers = { ContentEncoding = { "gzip" } } };

        using var answer = await hub.Client.PostAsync(new Uri("/events/a", UriKind.Relative), content, TestContext.Current.CancellationToken);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await reader.NextAsync()).Data.ShouldBe(text);
    }

    private static byte[] Compress(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }
}
