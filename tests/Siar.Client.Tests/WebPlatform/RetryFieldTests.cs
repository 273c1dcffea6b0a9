namespace Siar.Client.Tests;

/// <summary>What the web-platform tests assert about <c>retry</c>, on a clock of the test's own.</summary>
public sealed class RetryFieldTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3) / 4;

    [Theory]
    [InlineData("retry:03000\ndata:x\n\n")]
    [InlineData("retry:3000\nretry:1000x\ndata:x\n\n")]
    [InlineData("retry:3000\nretry\ndata:x\n\n")]
    [InlineData("retry:3000\nretry:\ndata:x\n\n")]
    [InlineData("retry:3000\nretry:-1\nretry:+1\nretry: 1 \nretry:1e3\ndata:x\n\n")]
    public async Task Format_field_retry_and_bogus_and_empty(string text)
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync(text);
        await stream.ShouldBringAsync("x");

        await stream.WaitsAsync();

        stream.Reconnecting.Single().Delay.ShouldBe(TimeSpan.FromSeconds(3), Tolerance);
    }

    [Fact]
    public async Task It_persists_over_connections()
    {
        await using var stream = new StreamUnderTest();
        await (await stream.OpenAsync()).AnswerAsync("retry:7000\ndata:x\n\n");

        await (await stream.ReconnectAsync()).AnswerAsync("data:x\n\n");
        await stream.WaitsAsync();

        stream.Reconnecting[1].Delay.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7));
    }
}
