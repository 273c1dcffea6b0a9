using System.Buffers;
using Siar.Wire;

namespace Siar.Hub;

/// <summary>
/// A form in which streams are written: what an event's bytes are, the same for every reader, and what the blocks are that are for one reader only. One
/// object for each form of a hub, since frames are shared by the readers of the same object. May be used from any thread.
/// </summary>
internal abstract class StreamForm
{
    /// <summary>Encodes an event. Called once for all readers of the form, when the first of them wants it; never for the plain server-sent event.</summary>
    public abstract EncodedFrame Encode(in Frame frame);

    /// <summary>Writes a block that is for one reader only; nothing where the form has none for it.</summary>
    /// <param name="block">What to say.</param>
    /// <param name="format">How the stream is written.</param>
    /// <param name="writer">Where to.</param>
    /// <param name="sum">What the stream has come to, for a form that ends with a checksum.</param>
    public abstract void Write(in StreamBlock block, OutletFormat format, IBufferWriter<byte> writer, ref GzipSum sum);

    /// <summary>An event was written to a stream, or a part of it that the rest will follow.</summary>
    public virtual void Add(in Frame frame, ref GzipSum sum)
    {
    }
}

/// <summary>How a stream is written. Immutable; shared by the streams that are written alike.</summary>
/// <param name="Form">In which form.</param>
internal sealed record OutletFormat(StreamForm Form)
{
    /// <summary>Whether the reader has asked for the hub's own words: that it is live, what is closed, and its cursor with keep-alives.</summary>
    public bool TakesSignals { get; init; }

    /// <summary>Whether it is told of gaps in its stream.</summary>
    public bool TakesGaps { get; init; }

    /// <summary>The <c>retry:</c> to begin with, in milliseconds; null for none.</summary>
    public int? InitialRetry { get; init; }
}

/// <summary>A block that is for one reader only.</summary>
internal readonly struct StreamBlock
{
    private StreamBlock(StreamBlockKind kind) => Kind = kind;

    public StreamBlockKind Kind { get; }

    /// <summary>The reader's new cursor, with a keep-alive; its cursor, when it is live. Null where a keep-alive moves none.</summary>
    public EventId? Cursor { get; private init; }

    /// <summary>The gap that is told.</summary>
    public Gap? Gap { get; private init; }

    /// <summary>Why the reader is not wanted any more.</summary>
    public RevokedSignal? Signal { get; private init; }

    /// <summary>The time to wait before coming back, at the end; null for none.</summary>
    public int? RetryMilliseconds { get; private init; }

    /// <summary>The first bytes: some at once, since a browser's <c>onopen</c> and some proxies wait for them.</summary>
    public static StreamBlock First => new(StreamBlockKind.First);

    /// <summary>A sign of life.</summary>
    public static StreamBlock KeepAlive(EventId? cursor) => new(StreamBlockKind.KeepAlive) { Cursor = cursor };

    /// <summary>That events are missing.</summary>
    public static StreamBlock OfGap(Gap gap) => new(StreamBlockKind.Gap) { Gap = gap };

    /// <summary>That the reader is level with the log.</summary>
    public static StreamBlock Live(EventId cursor) => new(StreamBlockKind.Live) { Cursor = cursor };

    /// <summary>That the reader's caller is not wanted any more.</summary>
    public static StreamBlock Revoked(RevokedSignal signal) => new(StreamBlockKind.Revoked) { Signal = signal };

    /// <summary>The last bytes.</summary>
    public static StreamBlock End(int? retryMilliseconds) => new(StreamBlockKind.End) { RetryMilliseconds = retryMilliseconds };
}

internal enum StreamBlockKind
{
    First,
    KeepAlive,
    Gap,
    Live,
    Revoked,
    End,
}
