namespace Siar.Hub;

/// <summary>How a reader is spoken to in server-sent events.</summary>
/// <param name="TakesSignals">Whether <c>siar.live</c> and <c>siar.closed</c> are sent, and keep-alives move the cursor.</param>
/// <param name="InitialRetry">The <c>retry:</c> to begin with, in milliseconds; null for none.</param>
internal sealed record SseForm(bool TakesSignals, int? InitialRetry)
{
    /// <summary>Whether <c>siar.gap</c> is sent. Default: where signals are.</summary>
    public bool TakesGaps { get; init; } = TakesSignals;

    /// <summary>Where the stream is gzip: from how many bytes on a frame is compressed. Zero where it is not gzip.</summary>
    public int GzipFrom { get; init; }

    public bool IsGzip => GzipFrom > 0;
}
