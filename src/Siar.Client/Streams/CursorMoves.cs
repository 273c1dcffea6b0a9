namespace Siar.Client;

/// <summary>When the place from which a stream goes on moves past an event.</summary>
public enum CursorMoves
{
    /// <summary>When the event is handed over. One whose handler throws counts as had.</summary>
    WhenHandedOver,

    /// <summary>
    /// When the next item is asked for, or the handler's task has ended: one whose handler throws is not counted as had, and whoever goes on from
    /// <see cref="EventStream{T}.LastEventId"/> gets it again.
    /// </summary>
    WhenHandled,
}
