using Siar.ContractService;

namespace Siar.Client.Tests;

/// <summary>Opens a client and compares what it reports.</summary>
internal static class Driven
{
    public static async Task<ClientUnderTest> StartAsync(Way way) => way is Way.InMemory ? new ClientInMemory() : await ClientOverRest.StartAsync();

    /// <summary>Opens a client, lets it ask for the stream, and begins the answer.</summary>
    public static async Task<ServedRequest> OpenStreamAsync(this ClientUnderTest client, Func<OpenRequest, OpenRequest>? change = null)
    {
        var request = await client.OpenRequestAsync(change);
        await request.StartAsync();
        return request;
    }

    /// <summary>Opens a client, and lets it ask for the stream.</summary>
    public static async Task<ServedRequest> OpenRequestAsync(this ClientUnderTest client, Func<OpenRequest, OpenRequest>? change = null)
    {
        var request = new OpenRequest { StreamUrl = client.Url, Tag = TestContext.Current.Test?.TestDisplayName };
        await client.OpenAsync(change is null ? request : change(request));
        return await client.RequestAsync();
    }

    public static async Task ShouldReportAsync(this ClientUnderTest client, params Report[] expected)
    {
        foreach (var report in expected) (await client.ReportAsync()).ShouldBe(report);
    }

    public static async Task ShouldReportErrorAsync(this ClientUnderTest client) => (await client.ReportAsync()).Kind.ShouldBe("error");

    /// <summary>Answers one stream from some pieces, and compares what comes of it while the connection is open.</summary>
    public static async Task TryAsync(Way way, IEnumerable<ReadOnlyMemory<byte>> pieces, params Report[] expected)
    {
        await using var client = await StartAsync(way);
        var request = await client.OpenStreamAsync();
        foreach (var piece in pieces) await request.SendAsync(piece);
        await client.ShouldReportAsync(expected);
        (await client.CloseAsync()).ShouldBeEmpty();
    }

    public static Task TryAsync(Way way, string stream, params Report[] expected) => TryAsync(way, [Bytes(stream)], expected);

    public static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> bytes, int length)
    {
        for (var at = 0; at < bytes.Length; at += length) yield return bytes[at..Math.Min(bytes.Length, at + length)];
    }

    public static Report Event(string data, string type = "message", string id = "") => Report.OfEvent(type, data, id);

    public static Report Comment(string text) => Report.OfComment(text);
}
