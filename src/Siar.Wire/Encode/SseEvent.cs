namespace Siar.Wire;

/// <summary>
/// An event about to be encoded. Its type and id cannot break the frame by construction, and the encoder splits the data into lines, so no
/// value of this type can forge a second event. Lives on the stack; the data is borrowed, not copied.
/// </summary>
public readonly ref struct SseEvent
{
    /// <summary>The <c>event</c> field; the default leaves it out, and a reader then sees a <c>message</c>.</summary>
    public EventType Type { get; init; }

    /// <summary>The <c>id</c> field; the default leaves it out, and a reader then keeps the id it has.</summary>
    public EventId Id { get; init; }

    /// <summary>The <c>retry</c> field: milliseconds that a reader waits before it reconnects, from 0; null, the default, leaves it out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative: a reader would ignore it, for it takes digits only.</exception>
    public int? RetryMilliseconds
    {
        get;
        init => field = value is < 0
            ? throw new ArgumentOutOfRangeException(nameof(value), value, "The reconnection time is negative: give milliseconds from 0, or null for none.")
            : value;
    }

    /// <summary>
    /// The data, UTF-8. CRLF, CR and LF each separate two lines. Every other byte, NUL and a byte order mark too, goes out as it is; whoever
    /// makes the event sees to it that it is valid UTF-8.
    /// </summary>
    public ReadOnlySpan<byte> Data { get; init; }
}
