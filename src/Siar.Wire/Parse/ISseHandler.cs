namespace Siar.Wire;

/// <summary>
/// What a parser reports to, in the order of the stream, from within <see cref="SseParser.Feed"/>. The bytes are borrowed: they are valid only
/// until the method returns. An exception leaves through <see cref="SseParser.Feed"/>.
/// </summary>
public interface ISseHandler
{
    /// <summary>An event was dispatched.</summary>
    void OnEvent(in SseMessage message);

    /// <summary>A comment's line ended. It is reported at once, inside a block too; it keeps a connection alive and says nothing else.</summary>
    /// <param name="text">Everything after the colon.</param>
    void OnComment(ReadOnlySpan<byte> text)
    {
    }

    /// <summary>The server has set the reconnection time; it holds over reconnects until the next one.</summary>
    /// <param name="milliseconds">From 0; a number too large is given as <see cref="int.MaxValue"/>.</param>
    void OnRetry(int milliseconds)
    {
    }

    /// <summary>A block without data has set the last event id: the cursor moved without an event.</summary>
    /// <param name="lastEventId">The new last event id; empty when it was taken away.</param>
    void OnLastEventId(ReadOnlySpan<byte> lastEventId)
    {
    }
}
