using Siar.Hub;

namespace Siar.AspNetCore;

/// <summary>Puts some of the hub's own events into another dialect. May be used from any thread.</summary>
internal abstract class FrameTranslation
{
    /// <summary>The event's bytes in the other dialect, shared by all of its readers; false where the frame will do as it is.</summary>
    public abstract bool TryTranslate(LoggedEvent logged, out ReadOnlyMemory<byte> payload);
}
