using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>What is particular to the streams of one door. Immutable; shared by its streams unless the door says otherwise.</summary>
internal record StreamStyle
{
    /// <summary>Whether the reader has asked to be told that it is level and what is closed, and to have its cursor moved by keep-alives.</summary>
    public bool TakesSignals { get; init; }

    /// <summary>Whether gaps are told in the stream.</summary>
    public bool TakesGaps { get; init; } = true;

    /// <summary>The <c>retry:</c> to begin with, in milliseconds; null for none.</summary>
    public int? InitialRetry { get; init; }

    /// <summary>How the blocks are written that are for one reader only.</summary>
    public SseForm Form => new(TakesSignals, InitialRetry) { TakesGaps = TakesGaps };

    /// <summary>Whether readers that are turned away for want of room are told in a way that an <c>EventSource</c> survives.</summary>
    public bool RefusesSoftly { get; init; } = true;

    /// <summary>Puts some events into the reader's own dialect; null where all go out as they are.</summary>
    public FrameTranslation? Translation { get; init; }

    /// <summary>Adds to the response's header fields what is known only when the reader's beginning is.</summary>
    public virtual void SetHeaders(HttpContext context, Subscriber subscriber)
    {
    }

    /// <summary>Called when the reader is in its lane, before anything else is published that it could tell of itself.</summary>
    public virtual void OnAttached(Subscriber subscriber)
    {
    }
}
